"""The page on which a set is put together, as it is sent and shown; and the forms of what leads to it."""

import re
from typing import Any, Self

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from accounts.models import new_id
from prompts import sets
from prompts.models import QUESTION_LIMIT, PromptSet, SetWords
from prompts.questions import Question
from prompts.sets import INTRODUCTION_LIMIT, MOST_STEPS, NAME_LIMIT, NOTE_LIMIT, SetStep

FILE_LIMIT = 200 * 1024  # bytes


class OneLineField(forms.CharField):
    def to_python(self, value: object) -> str:
        return sets.one_line(str(super().to_python(value)))


class BlockField(forms.CharField):
    """Several lines. Browsers send each line's end as two characters and count one: so do we."""

    def to_python(self, value: object) -> str:
        return sets.block(str(super().to_python(value)))


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "spellcheck": "true", "autocomplete": "off"})


def _name() -> OneLineField:
    return OneLineField(
        label=__("Name"),
        max_length=NAME_LIMIT,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": __("Give the set a name. Nothing was saved yet.")},
        help_text=__("Your clients see it, too."),
    )


class NewSetForm(forms.Form):
    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    name = _name()


class SetForm(forms.Form):
    name = _name()
    introduction = BlockField(
        label=__("Introduction"),
        max_length=INTRODUCTION_LIMIT,
        required=False,
        widget=_area(4),
        help_text=__("What your clients read before the first question."),
    )
    own = OneLineField(label=__("A question of your own"), required=False, max_length=QUESTION_LIMIT, widget=_area(2))


class StepForm(forms.Form):
    """What a step says. Its fields are named after its key."""

    prompt = forms.CharField(required=False, widget=forms.HiddenInput)
    question = OneLineField(label=__("Your question"), required=False, max_length=QUESTION_LIMIT, widget=_area(2))
    note = BlockField(
        label=__("A note to this step"),
        required=False,
        max_length=NOTE_LIMIT,
        widget=_area(3),
        help_text=__("It stands below the question."),
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

    def clean(self) -> dict[str, Any]:
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


class Sheet:
    """A set as the builder's page shows it: as it is, or as it was sent with one of its buttons pressed."""

    def __init__(self, values: dict[str, str], steps: sets.Steps, version: int, *, sent: bool) -> None:
        self.form = SetForm(data=values if sent else None, initial=values)
        self.steps = [StepForm(step, sent=sent) for step in steps]
        self.version = version
        self.own_key, self.prompt_key = new_id().hex, new_id().hex  # for the step that this page may add

    @classmethod
    def of(cls, row: PromptSet) -> Self:
        words: SetWords = row.words
        return cls({"name": words.name, "introduction": words.introduction}, sets.steps_of(words), row.version, sent=False)

    @classmethod
    def sent(cls, post: QueryDict, action: str) -> Self:
        """The order of the steps is that of the fields `step`. A question of one's own that was typed is added by any button
        but the search."""
        steps = tuple(
            SetStep(key, post.get(f"{key}-prompt", ""), post.get(f"{key}-question", ""), post.get(f"{key}-note", ""))
            for key in dict.fromkeys(post.getlist("step"))
            if _is_key(key)
        )
        own = post.get("own", "")
        if own.strip() and action != "search":
            steps = sets.with_question(steps, _key(post.get("own_key", "")), own)
            own = ""
        verb, _colon, what = action.partition(":")
        match verb:
            case "up":
                steps = sets.moved(steps, what, -1)
            case "down":
                steps = sets.moved(steps, what, 1)
            case "out":
                steps = sets.without(steps, what)
            case "add":
                steps = sets.with_prompt(steps, _key(post.get("prompt_key", "")), what)
        version = post.get("version", "")
        values = {"name": post.get("name", ""), "introduction": post.get("introduction", ""), "own": own}
        return cls(values, steps, int(version) if re.fullmatch(r"[0-9]{1,9}", version) else 0, sent=True)

    @property
    def slugs(self) -> list[str]:
        """The prompts of the library that are steps."""
        return [step.slug for step in self.steps if step.slug]

    @property
    def problems(self) -> list[str]:
        """What is wrong with the steps as a whole."""
        found = []
        if len(self.steps) > MOST_STEPS:
            found.append(_("A set has %(limit)s steps at most. Take one out.") % {"limit": MOST_STEPS})
        if len(set(self.slugs)) < len(self.slugs):
            found.append(_("A question of the library stands here twice. Take one of the two out."))
        return found

    def is_valid(self) -> bool:
        """Every form is asked, so that the page shows at once all that is wrong."""
        return all([self.form.is_valid(), *(step.is_valid() for step in self.steps), not self.problems])

    def words(self) -> SetWords:
        data = self.form.cleaned_data
        return sets.words_of(data["name"], data["introduction"], (step.step() for step in self.steps))


def _is_key(text: str) -> bool:
    return re.fullmatch(r"[0-9a-f]{32}", text) is not None


def _key(text: str) -> str:
    return text if _is_key(text) else new_id().hex


class ImportForm(forms.Form):
    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    file = forms.FileField(
        label=__("File"),
        widget=forms.FileInput(attrs={"accept": ".toml,.csv,text/csv,application/toml"}),
        help_text=__("TOML or CSV, up to 200 kB."),
        error_messages={
            "required": __("Choose a file first."),
            "missing": __("Choose a file first."),
            "invalid": __("The file did not arrive. Choose it once more."),
            "empty": __("The file is empty."),
        },
    )
    name = OneLineField(
        label=__("Name, for a CSV file"),
        required=False,
        max_length=NAME_LIMIT,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=__("A CSV file holds none. You can change it later."),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > FILE_LIMIT:
            raise forms.ValidationError(_("The file is larger than 200 kB. A set that fits is much smaller."))
        return file
