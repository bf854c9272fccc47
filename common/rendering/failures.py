"""What is wrong with a page's forms, as the page lists it above them: each message, with the field that it leads to.

`{% failures %}` of common/templatetags/site.py finds the forms by itself. A view that says in words of its own what is wrong, or whose
forms stand inside something else, gives its page a list of `Failure` as `problems`, in place of what the forms say.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeGuard

from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Failure:
    """A message, and the id of the field where it is put right, if there is one."""

    message: str
    field: str = ""

    def __str__(self) -> str:
        return self.message


def of_page(problems: object, values: Iterable[object]) -> list[Failure]:
    """What the view says in `problems`, or else what those of the values of its context say that are forms, also in lists.

    Types are compared by `type`: `isinstance` would make what is lazy look up the person, or make a token for a page without a form.
    """
    if type(problems) is list and problems:
        return [problem if isinstance(problem, Failure) else Failure(str(problem)) for problem in problems]
    return of_forms(form for value in values for form in (value if type(value) is list else [value]))


def of_forms(values: Iterable[object]) -> list[Failure]:
    """Of those of the values that are forms which were looked through and refused, each once."""
    forms = {id(value): value for value in values if _is_form(value)}
    # `errors` would look through a form that its view has no mind to: one that only carries what was typed elsewhere.
    return [failure for form in forms.values() if getattr(form, "_errors", None) for failure in _of_form(form)]


def _is_form(value: object) -> TypeGuard[BaseForm]:
    return issubclass(type(value), BaseForm)


def _of_form(form: BaseForm) -> Iterator[Failure]:
    visible = form.visible_fields()
    for message in form.non_field_errors():
        yield Failure(str(message), _first_id(visible[0]) if visible else "")
    if any(field.errors for field in form.hidden_fields()):
        yield Failure(_("Part of this page was damaged on the way, but nothing you typed. Please send it again."))
    for field in visible:
        named = f"{_as_heading(str(field.label))} " if len(visible) > 1 and field.label else ""
        yield from (Failure(f"{named}{message}", _first_id(field)) for message in field.errors)


def _as_heading(label: str) -> str:
    """A label before what is wrong with its field, which says "this" where it stands beside it."""
    return label if label.endswith((".", "?", ":")) else f"{label}:"


def _first_id(field: BoundField) -> str:
    """The id of the field, or of the first of its options."""
    return field.id_for_label or f"{field.auto_id}_0"
