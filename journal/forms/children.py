"""A child's name and year of birth, and what becomes of its pages where it is taken off the list."""

from collections.abc import Sequence

from django import forms
from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Child
from accounts.models.children import NAME_LIMIT
from common.fields import TextField
from common.ids import new_id
from common.names import tidy_name
from journal.entries.about import Count

EARLIEST = 1900


class _NicknameField(TextField):
    """On one line, without characters that cannot be seen. It is shown to its writer alone, and may be anything."""

    def to_python(self, value: object) -> str:
        return tidy_name(super().to_python(value))


class ChildForm(forms.Form):
    """A new child, or the change of one. `id` is made up by the page for a new one, so that sending it twice adds one."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    nickname = _NicknameField(
        label=_("Nickname or initials"),
        max_length=NAME_LIMIT,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": _("Enter a nickname or initials first."),
            "max_length": _("A name can have at most %(limit_value)s characters here; this one has %(show_value)s."),
        },
    )
    born = forms.IntegerField(
        label=_("Year of birth (optional)"),
        required=False,
        min_value=EARLIEST,
        localize=False,
        widget=forms.TextInput(attrs={"dir": "auto", "inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("So that questions fit their age, and keep fitting as they grow."),
        error_messages={
            "invalid": _("Enter a year such as 2019, or leave it empty."),
            "min_value": _("Enter a year such as 2019, or leave it empty."),
        },
    )

    def __init__(self, data: QueryDict | None = None, *, year: int, child: Child | None = None) -> None:
        """`year`: the present one. `child`: the one that is changed."""
        initial = {"id": child.id, "nickname": child.name, "born": child.born} if child else {"id": new_id()}
        super().__init__(data, initial=initial, auto_id=f"{child.id}-%s" if child else "id_%s")
        self.year = year

    def clean_born(self) -> int | None:
        born: int | None = self.cleaned_data["born"]
        if born is not None and born > self.year:
            raise forms.ValidationError(_("That year hasn’t come yet. Leave it empty until then."), code="future")
        return born

    @property
    def child(self) -> Child:
        """Call after `is_valid()`."""
        data = self.cleaned_data
        return Child(id=data["id"].hex, name=data["nickname"], born=data["born"])


class Fate(models.TextChoices):
    """What becomes of the pages about a child that is taken off the list."""

    KEEP = "keep"
    TAKE_OFF = "take_off"
    PUT_UNDER = "put_under"
    DELETE = "delete"


class RemovalForm(forms.Form):
    """`other` is for `Fate.PUT_UNDER` alone. Where no page is about the child, the only choice is `Fate.TAKE_OFF`."""

    fate = forms.ChoiceField(
        label=_("What should happen to the pages?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what happens to the pages.")},
    )
    other = forms.ChoiceField(label=_("The other name"), required=False)

    def __init__(self, data: QueryDict | None = None, *, child: Child, others: Sequence[Child], pages: Count) -> None:
        """`others` are those that the pages may be put under, and `pages` how many there are."""
        super().__init__(data, initial={"fate": Fate.TAKE_OFF if child.is_former else Fate.KEEP})
        self.pages = pages
        self._choose_from("fate", _fates(child, others, pages))
        if pages.pages and others:
            self._choose_from("other", [("", "—"), *((other.id, other.name) for other in others)])
        else:
            del self.fields["other"]

    def _choose_from(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def clean(self) -> None:
        super().clean()
        if self.cleaned_data.get("fate") == Fate.PUT_UNDER and not self.cleaned_data.get("other") and "other" not in self.errors:
            self.add_error("other", forms.ValidationError(_("Choose the other name."), code="required"))


def _fates(child: Child, others: Sequence[Child], pages: Count) -> list[tuple[str, str]]:
    fates: dict[Fate, str] = {}
    if pages.pages and not child.is_former:
        fates[Fate.KEEP] = gettext("They keep the name. You just won’t see it while you write.")
    fates[Fate.TAKE_OFF] = gettext("The name is removed from them. What you wrote stays.")
    if pages.pages and others:
        fates[Fate.PUT_UNDER] = gettext("They go to another name, which you choose below.")
    if pages.alone:
        fates[Fate.DELETE] = ngettext(
            "%(number)s page that’s about no one else goes to Recently deleted. The name is removed from the others.",
            "%(number)s pages that are about no one else go to Recently deleted. The name is removed from the others.",
            pages.alone,
        ) % {"number": pages.alone}
    return [(fate.value, says) for fate, says in fates.items()]
