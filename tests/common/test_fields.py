"""common.fields: one rule for every text that somebody types into a form of this site."""

from collections.abc import Iterator

import pytest
from django import forms

from common.fields import BlockField, LongTextField, OneLineField, TextField
from counselor.forms import assignments, clients, groups, invitations, sets, workspace  # noqa: F401  so that every form is known
from journal.forms import shared, writing  # noqa: F401
from prompts.forms import library, own  # noqa: F401

OURS = ("accounts.", "common.", "counselor.", "journal.", "operations.", "prompts.")


def every_form(of: type[forms.BaseForm] = forms.BaseForm) -> Iterator[type[forms.BaseForm]]:
    for form in of.__subclasses__():
        if form.__module__.startswith(OURS):
            yield form
        yield from every_form(form)


def texts() -> dict[str, forms.Field]:
    """The visible text fields of all our forms."""
    found = {}
    for form in every_form():
        for name, field in getattr(form, "base_fields", {}).items():
            if type(field) is forms.CharField or isinstance(field, TextField):
                found[f"{form.__module__}.{form.__name__}.{name}"] = field
    return {name: field for name, field in found.items() if not field.widget.is_hidden}


# Allauth's own fields: an address to sign in with, and a password, which are not texts to be kept.
NOT_TEXTS = ("login", "password", "password1", "password2", "username", "email", "email2", "code")


@pytest.mark.parametrize("name", [name for name in texts() if not name.endswith(NOT_TEXTS)])
def test_every_form_takes_texts_by_the_one_rule(name: str) -> None:
    field = texts()[name]

    assert isinstance(field, TextField)
    assert field.clean("a\0b\x07") == "ab"
    assert "maxlength" not in field.widget.attrs  # browsers count otherwise, and cut what is pasted


def test_there_are_forms_to_be_tested() -> None:
    assert len(texts()) >= 15


@pytest.mark.parametrize("kind", [TextField, OneLineField, BlockField])
def test_characters_are_counted_not_what_a_browser_counts(kind: type[TextField]) -> None:
    field = kind(max_length=3)

    assert field.clean("🌙🌙🌙") == "🌙🌙🌙"
    with pytest.raises(forms.ValidationError):
        field.clean("abcd")


def test_a_long_text_counts_them_too() -> None:
    field = LongTextField(limit=3, too_long=lambda over: f"{over} over")

    assert field.clean("🌙\0🌙\r\n") == "🌙🌙\n"
    with pytest.raises(forms.ValidationError, match="2 over"):
        field.clean("🌙🌙🌙🌙🌙")
