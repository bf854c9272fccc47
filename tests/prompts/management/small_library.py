"""A library of two prompts, and running management commands on such a library."""

from unittest import mock

from prompts.library import prompts
from prompts.library.prompts import Library, PromptText, ThemeText
from prompts.models import Prompt, Theme
from tests import helpers


def text(slug: str, question: str, tomorrow: str = "") -> PromptText:
    return PromptText(slug=slug, theme="calm", question=question, depth="light", if_stuck=["Shoes count."], tomorrow=tomorrow)


CALM = ThemeText(slug="calm", name="Calm words", line="Saying it early, plainly and kindly.")
DOOR = text("at-the-door", "What was the first thing you saw at the door tonight?")
SOUP = text("over-soup", "Who sat longest over the soup in the kitchen?")


def run_on_library(command: str, *texts: PromptText, themes: tuple[ThemeText, ...] = (CALM,), **options: int) -> str:
    """Run a command on a library of these prompts, and return what it printed."""
    with mock.patch.object(prompts, "read", return_value=Library(themes, texts)):
        return helpers.run(command, **options)


def rows() -> list[object]:
    """All that is stored of the library."""
    return [*Theme.objects.values(), *Prompt.objects.order_by("slug").values()]
