"""The file of a journal that is taken in."""

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.fields import OneLineField
from journal.exchange.importing import uploads


class ImportForm(forms.Form):
    """A whole file, for a browser without scripts; larger ones come in slices."""

    file = forms.FileField(
        label=gettext_lazy("The file of your journal"),
        help_text=gettext_lazy("ZIP, JSON, Markdown or text. Without JavaScript up to 11 MB."),
        error_messages={
            "required": gettext_lazy("Choose a file first."),
            "missing": gettext_lazy("Choose a file first."),
            "invalid": gettext_lazy("We didn’t get the file. Choose it again."),
            "empty": gettext_lazy("The file is empty."),
        },
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > uploads.FORM_LIMIT:
            raise forms.ValidationError(
                _("The file is too large to send at once. Turn on JavaScript for this page, and we’ll send it in pieces.")
            )
        return file


class SliceForm(forms.Form):
    """A piece of a file: `at` is where it begins, `size` how large the whole is, in bytes."""

    id = forms.UUIDField()
    name = OneLineField(max_length=1000)
    size = forms.IntegerField(min_value=1)
    at = forms.IntegerField(min_value=0)
    slice = forms.FileField(required=False, allow_empty_file=True)
