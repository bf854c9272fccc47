"""A library of two prompts, and commands that run on it."""

from io import StringIO
from unittest import mock

from django.core.management import call_command

from prompts.library import prompts
from prompts.library.prompts import Library, PromptText, ThemeText
from prompts.models import Prompt, Theme


def text(slug: str, question: str, tomorrow: str = "") -> PromptText:
    return PromptText(slug=slug, theme="calm", question=question, depth="light", if_stuck=["Shoes count."], tomorrow=tomorrow)


CALM = ThemeText(slug="calm", name="Calm words", line="Saying it early, plainly and kindly.")
DOOR = text("at-the-door", "What was the first thing you saw at the door tonight?")
SOUP = text("over-soup", "Who sat longest over the soup in the kitchen?")


def run(command: str, *texts: PromptText, themes: tuple[ThemeText, ...] = (CALM,), **options: int) -> str:
    """Run a command on a library of these prompts, and tell what it wrote."""
    out = StringIO()
    with mock.patch.object(prompts, "read", return_value=Library(themes, texts)):
        call_command(command, stdout=out, **options)
    return out.getvalue()


def rows() -> list[object]:
    return [*Theme.objects.values(), *Prompt.objects.order_by("slug").values()]
