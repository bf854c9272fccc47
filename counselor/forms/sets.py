"""The forms of a set, of each of its steps, and those for creating one. counselor/forms/building.py puts them together."""

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.fields import BlockField, OneLineField
from common.text import one_line
from counselor.set_files import kinds
from counselor.sets import CAUTION_LIMIT, INTRODUCTION_LIMIT, NAME_LIMIT, NOTE_LIMIT, SetStep
from prompts.models import QUESTION_LIMIT
from prompts.questions import Question

FILE_LIMIT = 200 * 1024  # bytes
LOOKED_AT = 2 * 1024 * 1024  # bytes of a file that may be of another kind: a document names its parts near its beginning or its end


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "spellcheck": "true", "autocomplete": "off"})


def _name(*, required: bool = True) -> OneLineField:
    return OneLineField(
        label=gettext_lazy("Name"),
        required=required,
        max_length=NAME_LIMIT,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Give the set a name. Nothing is saved yet.")},
        help_text=gettext_lazy("Your clients see it, too."),
    )


class NewSetForm(forms.Form):
    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    name = _name(required=False)


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
        help_text=gettext_lazy(
            "Your clients read it before they start, next to a link to Help. Leave it empty if nothing in the set can hurt."
        ),
    )
    own = BlockField(
        label=gettext_lazy("Your own questions, one per line"),
        required=False,
        widget=_area(2),
        help_text=gettext_lazy("Type one, or paste several. We leave out numbers and bullets at the start."),
    )


class StepForm(forms.Form):
    """One step. The names of its fields are prefixed with its key. One that was taken out is only kept, and never looked through."""

    prompt = forms.CharField(required=False, widget=forms.HiddenInput)
    question = OneLineField(label=gettext_lazy("Your question"), required=False, max_length=QUESTION_LIMIT, widget=_area(2))
    note = BlockField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=NOTE_LIMIT,
        widget=_area(2),
        help_text=gettext_lazy("Your clients read it below the question."),
    )

    def __init__(self, step: SetStep, *, sent: bool) -> None:
        values = {"prompt": step.prompt, "question": step.question, "note": step.note}
        data = {f"{step.key}-{name}": value for name, value in values.items()}
        super().__init__(data=data if sent and not step.is_out else None, initial=values, prefix=step.key)
        self.key, self.slug, self.is_out, self._sent = step.key, step.prompt, step.is_out, step

    @property
    def asks(self) -> Question | None:
        """The library's question, where the step asks one."""
        return SetStep(self.key, prompt=self.slug).asks() if self.slug else None

    @property
    def line(self) -> str:
        """What it asks, on one line: "" for a question of the counselor's own that is not written yet."""
        asks = self.asks
        return asks.text if asks else self.slug or one_line(str(self["question"].value() or ""))

    @property
    def language(self) -> str:
        asks = self.asks
        return asks.language if asks else ""

    @property
    def has_note(self) -> bool:
        return bool(str(self["note"].value() or "").strip())

    def clean(self) -> dict[str, object]:
        data = self.cleaned_data
        if data.get("prompt"):
            data["question"] = ""
            if self.asks is None:
                self.add_error(None, _("The library doesn’t have this question. Take it out."))
        elif "question" in data and not data["question"]:
            self.add_error("question", _("Write the question, or take it out."))
        return data

    def step(self) -> SetStep:
        """Call after `is_valid()`, or for one that was taken out."""
        if self.is_out:
            return self._sent
        data = self.cleaned_data
        return SetStep(self.key, data["prompt"], data["question"], data["note"])


class ImportForm(forms.Form):
    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=forms.FileInput(attrs={"accept": ".toml,.csv,text/csv,application/toml"}),
        help_text=gettext_lazy("TOML or CSV, up to 200 kB."),
        error_messages={
            "required": gettext_lazy("Choose a file first."),
            "missing": gettext_lazy("Choose a file first."),
            "invalid": gettext_lazy("We didn’t get the file. Choose it again."),
            "empty": gettext_lazy("The file is empty."),
        },
    )
    name = OneLineField(
        label=gettext_lazy("Name, for a CSV file"),
        required=False,
        max_length=NAME_LIMIT,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("A CSV file doesn’t have one. You can change it later."),
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        message = kinds.foreign(file.read(LOOKED_AT))
        file.seek(0)
        if message:
            raise forms.ValidationError(str(message))
        if (file.size or 0) > FILE_LIMIT:
            raise forms.ValidationError(_("The file is larger than 200 kB. Any set is much smaller than that."))
        return file
