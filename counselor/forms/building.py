"""The page on which a set is built: its forms, of the stored set or as they were sent, and what the pressed button makes of them."""

import re
from dataclasses import replace
from typing import Self

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.ids import new_id
from common.numbers import parse_number
from common.rendering import failures
from common.rendering.failures import Failure
from counselor import sets
from counselor.forms import steps as changes
from counselor.forms.sets import SetForm, StepForm
from counselor.forms.steps import Pasted
from counselor.sets import MAX_STEPS, SetStep, Steps
from prompts.models import QUESTION_LIMIT, PromptSet, SetContent

LOOKING, SAVING = "search", "keep"  # what does not add the questions that are typed in the box: somebody may be typing still


MOST_BEFORE = 4  # earlier requests that a page names: static/js/saving.js


class SetBuilder:
    """The forms of a set's page."""

    def __init__(self, values: dict[str, str], steps: Steps, version: int, *, sent: bool, box: Pasted | None = None) -> None:
        self.form = SetForm(data=values if sent else None, initial=values)
        self.steps = [StepForm(step, sent=sent) for step in steps]
        self.version = version
        self.box = box or Pasted()
        self.added: list[str] = []  # the keys of steps that are not among those that the page sent, or were taken out there
        self.own_key, self.prompt_key = new_id().hex, new_id().hex  # for the steps that this page may add

    @classmethod
    def of(cls, row: PromptSet) -> Self:
        """Of a stored set."""
        return cls(_values(row.content), sets.steps_of(row.content), row.version, sent=False)

    @classmethod
    def sent(cls, post: QueryDict, action: str) -> Self:
        """What a page sent, with the pressed button's `action` applied.

        The steps are in the order of the fields `step`; those that `out` names were taken out. The questions in the box are added by
        every button but the search, and not by what saves in the background; what cannot be added stays there.
        """
        out = set(post.getlist("out"))
        sent = steps = tuple(
            SetStep(key, post.get(f"{key}-prompt", ""), post.get(f"{key}-question", ""), post.get(f"{key}-note", ""), key in out)
            for key in dict.fromkeys(post.getlist("step"))
            if _is_key(key)
        )
        box = Pasted(rest=post.get("own", ""))
        if action not in {LOOKING, SAVING}:
            box = changes.pasted(box.rest, MAX_STEPS - sum(not step.is_out for step in steps))
            steps = changes.with_questions(steps, _key(post.get("own_key", "")), box.questions)
        verb, _colon, target = action.partition(":")
        match verb:
            case "up":
                steps = changes.moved(steps, target, -1)
            case "down":
                steps = changes.moved(steps, target, 1)
            case "out":
                steps = changes.without(steps, target)
            case "back":
                steps = changes.with_again(steps, target)
            case "add":
                steps = changes.with_prompt(steps, _key(post.get("prompt_key", "")), target)
        values = {name: post.get(name, "") for name in ("name", "introduction", "caution")} | {"own": box.rest}
        builder = cls(values, steps, parse_number(post.get("version", "")) or 0, sent=True, box=box)
        before = {step.key for step in sent if not step.is_out}
        builder.added = [step.key for step in steps if not step.is_out and step.key not in before]
        return builder

    def saved(self, row: PromptSet) -> "SetBuilder":
        """The page after its content was saved as `row`: with what was taken out, and with what the box still holds."""
        stored = {step.key: step for step in sets.steps_of(row.content)}
        steps = tuple(stored.get(form.key) or replace(form.step(), is_out=True) for form in self.steps)
        values = _values(row.content) | {"own": self.box.rest}
        builder = SetBuilder(values, steps, row.version, sent=False, box=self.box)
        builder.added = self.added
        if problems := self.box_problems():
            builder.form = SetForm(data=values)
            for problem in problems:
                builder.form.add_error("own", problem)
        return builder

    def added_rows(self, row: PromptSet) -> list[dict[str, str]]:
        """What was added, as the page's fields hold it."""
        names = ("key", "prompt", "question", "note")
        return [dict(zip(names, step.row, strict=True)) for step in sets.steps_of(row.content) if step.key in self.added]

    @classmethod
    def has_sent(cls, post: QueryDict, content: SetContent) -> bool:
        """Whether the page itself saved this content before, in a request whose answer it did not get."""
        for text in post.getlist("before")[-MOST_BEFORE:]:
            before = QueryDict(text)
            builder = cls.sent(before, before.get("action", SAVING))
            if builder.is_valid() and builder.content() == content:
                return True
        return False

    @property
    def asked(self) -> list[StepForm]:
        """The steps without those that were taken out."""
        return [step for step in self.steps if not step.is_out]

    @property
    def slugs(self) -> list[str]:
        """The slugs of the library's prompts among the steps."""
        return [step.slug for step in self.asked if step.slug]

    @property
    def problems(self) -> list[str]:
        """Messages about the steps as a whole."""
        problems = []
        if len(self.asked) > MAX_STEPS:
            problems.append(_("A set can have up to %(limit)s questions. Take one out.") % {"limit": MAX_STEPS})
        if len(set(self.slugs)) < len(self.slugs):
            problems.append(_("The same library question is in the set twice. Take one out."))
        return problems

    def box_problems(self) -> list[str]:
        """Why the box still holds something."""
        problems, lines = [], self.box.too_long
        if lines:
            message = ngettext(
                "Line %(lines)s is too long: a question can have up to %(limit)s characters. It’s still in the box.",
                "Lines %(lines)s are too long: a question can have up to %(limit)s characters. They’re still in the box.",
                len(lines),
            )
            problems.append(message % {"lines": ", ".join(map(str, lines)), "limit": QUESTION_LIMIT})
        if self.box.no_room:
            message = _("A set can have up to %(limit)s questions. What didn’t fit is still in the box.")
            problems.append(message % {"limit": MAX_STEPS})
        return problems

    def failures(self) -> list[Failure]:
        """What is wrong with the set, and with each of its steps. Call after `is_valid()`."""
        return [*failures.of_forms([self.form]), *map(Failure, self.problems), *failures.of_forms(self.asked)]

    def errors(self) -> dict[str, list[str]]:
        """What is wrong, by the id of the field, or of the step as a whole. Call after `is_valid()`."""
        forms = [self.form, *self.asked]
        errors = {field.id_for_label: [str(message) for message in field.errors] for form in forms for field in form if field.errors}
        whole = {f"step-{step.key}": [str(message) for message in step.non_field_errors()] for step in self.asked}
        return errors | {place: messages for place, messages in whole.items() if messages}

    def is_valid(self) -> bool:
        """Validates every form, so that the page shows all errors at once."""
        return all([self.form.is_valid(), *(step.is_valid() for step in self.asked), not self.problems])

    def content(self) -> SetContent:
        """Call after `is_valid()`."""
        data = self.form.cleaned_data
        return sets.content_of(data["name"], data["introduction"], (step.step() for step in self.asked), data["caution"])


def _values(content: SetContent) -> dict[str, str]:
    return {"name": content.name, "introduction": content.introduction, "caution": content.caution}


def _is_key(text: str) -> bool:
    return re.fullmatch(r"[0-9a-f]{32}", text) is not None


def _key(text: str) -> str:
    return text if _is_key(text) else new_id().hex
