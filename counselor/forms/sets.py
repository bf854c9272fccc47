"""The builder of a set, and the forms for creating one."""

import re
from typing import Self

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.fields import BlockField, OneLineField
from common.ids import new_id
from common.numbers import parse_number
from common.rendering import failures
from common.rendering.failures import Failure
from counselor import sets
from counselor.sets import CAUTION_LIMIT, INTRODUCTION_LIMIT, MAX_STEPS, NAME_LIMIT, NOTE_LIMIT, SetStep
from prompts.models import QUESTION_LIMIT, PromptSet, SetContent
from prompts.questions import Question

FILE_LIMIT = 200 * 1024  # bytes


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "spellcheck": "true", "autocomplete": "off"})


def _name() -> OneLineField:
    return OneLineField(
        label=gettext_lazy("Name"),
        max_length=NAME_LIMIT,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Give the set a name. Nothing was saved yet.")},
        help_text=gettext_lazy("Your clients see it, too."),
    )


class NewSetForm(forms.Form):
    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    name = _name()


class SetForm(forms.Form):
    name = _name()
    introduction = BlockField(
        label=gettext_lazy("Introduction"),
        max_length=INTRODUCTION_LIMIT,
        required=False,
        widget=_area(4),
        help_text=gettext_lazy("What your clients read before the first question."),
    )
    caution = BlockField(
        label=gettext_lazy("A word of caution"),
        max_length=CAUTION_LIMIT,
        required=False,
        widget=_area(5),
        help_text=gettext_lazy("Your clients read it before they begin, beside the way to Help. Leave it empty where nothing can hurt."),
    )
    own = OneLineField(label=gettext_lazy("A question of your own"), required=False, max_length=QUESTION_LIMIT, widget=_area(2))


class StepForm(forms.Form):
    """One step. The names of its fields are prefixed with its key."""

    prompt = forms.CharField(required=False, widget=forms.HiddenInput)
    question = OneLineField(label=gettext_lazy("Your question"), required=False, max_length=QUESTION_LIMIT, widget=_area(2))
    note = BlockField(
        label=gettext_lazy("A note to this step"),
        required=False,
        max_length=NOTE_LIMIT,
        widget=_area(3),
        help_text=gettext_lazy("It stands below the question."),
    )

    def __init__(self, step: SetStep, *, sent: bool) -> None:
        values = {"prompt": step.prompt, "question": step.question, "note": step.note}
        data = {f"{step.key}-{name}": value for name, value in values.items()}
        super().__init__(data=data if sent else None, initial=values, prefix=step.key)
        self.key, self.slug = step.key, step.prompt

    @property
    def asks(self) -> Question | None:
        """The library's question, where the step asks one."""
        return SetStep(self.key, prompt=self.slug).asks() if self.slug else None

    @property
    def opens_note(self) -> bool:
        return bool(self["note"].value() or self["note"].errors)

    def clean(self) -> dict[str, object]:
        data = self.cleaned_data
        if data.get("prompt"):
            data["question"] = ""
            if self.asks is None:
                self.add_error(None, _("The library does not have this question. Take the step out."))
        elif "question" in data and not data["question"]:
            self.add_error("question", _("Write the question, or take the step out."))
        return data

    def step(self) -> SetStep:
        data = self.cleaned_data
        return SetStep(self.key, data["prompt"], data["question"], data["note"])


class SetBuilder:
    """The forms of a set's page: of the stored set, or as they were sent, with the pressed button's action applied."""

    def __init__(self, values: dict[str, str], steps: sets.Steps, version: int, *, sent: bool) -> None:
        self.form = SetForm(data=values if sent else None, initial=values)
        self.steps = [StepForm(step, sent=sent) for step in steps]
        self.version = version
        self.own_key, self.prompt_key = new_id().hex, new_id().hex  # for the step that this page may add

    @classmethod
    def of(cls, row: PromptSet) -> Self:
        content = row.content
        values = {"name": content.name, "introduction": content.introduction, "caution": content.caution}
        return cls(values, sets.steps_of(content), row.version, sent=False)

    @classmethod
    def sent(cls, post: QueryDict, action: str) -> Self:
        """What a page sent, with the pressed button's `action` applied.

        The steps are in the order of the fields `step`. A question that was typed is added by every button but the search.
        """
        steps = tuple(
            SetStep(key, post.get(f"{key}-prompt", ""), post.get(f"{key}-question", ""), post.get(f"{key}-note", ""))
            for key in dict.fromkeys(post.getlist("step"))
            if _is_key(key)
        )
        own = post.get("own", "")
        if own.strip() and action != "search":
            steps = sets.with_question(steps, _key(post.get("own_key", "")), own)
            own = ""
        verb, _colon, target = action.partition(":")
        match verb:
            case "up":
                steps = sets.moved(steps, target, -1)
            case "down":
                steps = sets.moved(steps, target, 1)
            case "out":
                steps = sets.without(steps, target)
            case "add":
                steps = sets.with_prompt(steps, _key(post.get("prompt_key", "")), target)
        version = post.get("version", "")
        values = {name: post.get(name, "") for name in ("name", "introduction", "caution")} | {"own": own}
        return cls(values, steps, parse_number(version) or 0, sent=True)

    @property
    def slugs(self) -> list[str]:
        """The slugs of the library's prompts among the steps."""
        return [step.slug for step in self.steps if step.slug]

    @property
    def problems(self) -> list[str]:
        """Messages about the steps as a whole."""
        problems = []
        if len(self.steps) > MAX_STEPS:
            problems.append(_("A set has %(limit)s steps at most. Take one out.") % {"limit": MAX_STEPS})
        if len(set(self.slugs)) < len(self.slugs):
            problems.append(_("A question of the library stands here twice. Take one of the two out."))
        return problems

    def failures(self) -> list[Failure]:
        """What is wrong with the set, and with each of its steps. Call after `is_valid()`."""
        return [*failures.of_forms([self.form]), *map(Failure, self.problems), *failures.of_forms(self.steps)]

    def is_valid(self) -> bool:
        """Validates every form, so that the page shows all errors at once."""
        return all([self.form.is_valid(), *(step.is_valid() for step in self.steps), not self.problems])

    def content(self) -> SetContent:
        """Call after `is_valid()`."""
        data = self.form.cleaned_data
        return sets.content_of(data["name"], data["introduction"], (step.step() for step in self.steps), data["caution"])


def _is_key(text: str) -> bool:
    return re.fullmatch(r"[0-9a-f]{32}", text) is not None


def _key(text: str) -> str:
    return text if _is_key(text) else new_id().hex


class ImportForm(forms.Form):
    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=forms.FileInput(attrs={"accept": ".toml,.csv,text/csv,application/toml"}),
        help_text=gettext_lazy("TOML or CSV, up to 200 kB."),
        error_messages={
            "required": gettext_lazy("Choose a file first."),
            "missing": gettext_lazy("Choose a file first."),
            "invalid": gettext_lazy("The file did not arrive. Choose it once more."),
            "empty": gettext_lazy("The file is empty."),
        },
    )
    name = OneLineField(
        label=gettext_lazy("Name, for a CSV file"),
        required=False,
        max_length=NAME_LIMIT,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("A CSV file holds none. You can change it later."),
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > FILE_LIMIT:
            raise forms.ValidationError(_("The file is larger than 200 kB. A set that fits is much smaller."))
        return file
