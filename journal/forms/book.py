"""The form that says which book is wanted."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.fields import OneLineField
from common.places import customs
from journal.exchange.book.making import TITLE_LENGTH, Wish
from journal.exchange.book.pages import MOST
from journal.exchange.book.sizes import Size
from journal.exchange.choosing import chosen
from journal.forms.choosing import ChoosingForm


class BookForm(ChoosingForm):
    """A span of nights, the size of the paper, and a title where there is to be one."""

    title = OneLineField(
        label=_("Title"),
        required=False,
        max_length=TITLE_LENGTH,
        help_text=_("It’s on the first page. Without one it says: Journal."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    size = forms.TypedChoiceField(label=_("Paper"), choices=Size.choices, coerce=Size, widget=forms.RadioSelect)

    def __init__(self, data: QueryDict | None = None, *, author: User) -> None:
        super().__init__(data, author=author)
        self.initial["size"] = Size.LETTER if customs.active().month_first else Size.A5

    def clean(self) -> dict[str, object]:
        cleaned = super().clean()
        if not self.errors:
            count = chosen(self.author, self.span).count()
            if not count:
                self.add_error("first", gettext("There’s no page for these nights."))
            elif count > MOST:
                text = ngettext(
                    "A book has room for %(most)s page. Choose fewer nights, and make two books.",
                    "A book has room for %(most)s pages. Choose fewer nights, and make two books.",
                    MOST,
                )
                self.add_error("first", text % {"most": MOST})
        return cleaned

    def wish(self) -> Wish:
        """Call where the form is valid."""
        return Wish(self.span, self.cleaned_data["size"], self.cleaned_data["title"])
