"""common.rendering.widgets: widgets written in Python are what Django's templates make of them, to the byte."""

from typing import Any

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.forms.utils import ErrorList
from django.test import SimpleTestCase
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy, override
from hypothesis import given
from hypothesis import strategies as st

from common.rendering.widgets import WRITERS, FormRenderer

OURS, DJANGOS = FormRenderer(), TemplatesSetting()
CHOICES = [
    ("", gettext_lazy("Every theme")),
    ("a&b", mark_safe("<b>Bold</b>")),
    (4, 1234567.5),
    (None, "None & nothing"),
    ("Group <1>", [("x", "X"), ("y", "“Y” & 'Z'")]),
]
INPUTS: list[type[forms.Widget]] = [
    forms.TextInput,
    forms.SearchInput,
    forms.EmailInput,
    forms.PasswordInput,
    forms.NumberInput,
    forms.DateInput,
    forms.HiddenInput,
    forms.CheckboxInput,
]
LISTS: list[type[forms.Select | forms.RadioSelect | forms.CheckboxSelectMultiple]] = [
    forms.Select,
    forms.SelectMultiple,
    forms.RadioSelect,
    forms.CheckboxSelectMultiple,
]
ATTRIBUTES: list[dict[str, Any]] = [
    {},
    {"id": "id_x", "required": True, "disabled": False, "class": 'a"b', "data-n": 7, "data-none": None, "aria-label": "<&>"},
    {"id": "id_y", "data-safe": format_html("<{}>", "&")},
]
VALUES: list[Any] = [None, "", "a&b", "<script>\"'", 4, True, False, ["a&b", "x"], 12345.5, "\n two \n"]


def alike(widget: forms.Widget, value: Any, attributes: dict[str, Any]) -> None:
    typed = {"dir": "auto"} if type(widget) in {forms.TextInput, forms.SearchInput, forms.Textarea} else {}
    expected = widget.render("the&name", value, attributes | typed, renderer=DJANGOS)

    assert widget.render("the&name", value, attributes, renderer=OURS) == expected


@pytest.mark.parametrize("attributes", ATTRIBUTES)
@pytest.mark.parametrize("kind", INPUTS)
def test_an_input_is_the_same(kind: type[forms.Widget], attributes: dict[str, Any]) -> None:
    for value in VALUES:
        alike(kind(), value, attributes)


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("attributes", ATTRIBUTES)
@pytest.mark.parametrize("kind", LISTS)
def test_a_list_of_options_is_the_same(kind: Any, attributes: dict[str, Any], language: str) -> None:
    with override(language):
        for value in VALUES:
            alike(kind(choices=CHOICES), value, attributes)
        alike(kind(choices=[]), None, attributes)


class TypedTests(SimpleTestCase):
    @given(value=st.text() | st.integers(), name=st.text(min_size=1), label=st.text())
    def test_whatever_stands_in_them_is_the_same(self, value: str | int, name: str, label: str) -> None:
        for attributes in ({"id": name, "title": label}, {"class": label}):
            alike(forms.TextInput(), value, attributes)
            for kind in LISTS:
                alike(kind(choices=[(value, label), (label or "group", [(name, value)])]), value, attributes)


def test_what_is_not_written_here_is_rendered_by_its_template() -> None:
    class OwnOptions(forms.Select):
        option_template_name = "django/forms/widgets/input.html"

    alike(OwnOptions(choices=[("a", "A")]), "a", {})
    alike(forms.Textarea(), "A <text>", {"rows": 2})
    assert forms.Textarea.template_name not in WRITERS


def test_a_list_of_errors_is_the_same_with_and_without_any() -> None:
    for errors in ([], ["One & only."], ["One.", "Two."]):
        assert ErrorList(errors, renderer=OURS).render() == ErrorList(errors, renderer=DJANGOS).render()


def test_the_button_that_shows_a_password_sends_nothing_and_waits_for_a_script() -> None:
    html = forms.PasswordInput().render("password", "typed before", {"id": "id_password"}, renderer=OURS)

    assert '<input type="password" name="password" id="id_password">' in html
    assert (
        '<button type="button" class="quiet-button" aria-pressed="false" aria-controls="id_password" data-show-password hidden>Show password</button>'
        in html
    )
    assert "typed before" not in html
