"""How form widgets become HTML: as Django's templates for them do it, byte for byte but for `dir`, in a tenth of the time.

Settings name `FormRenderer` as FORM_RENDERER. Django takes several templates for each option of a list, one for each hidden
field, and one for the errors of a field that has none. Whatever is not in `WRITERS` is rendered by its template.
"""

from collections.abc import Callable
from html import escape
from typing import Any, TypedDict

from django.forms.renderers import TemplatesSetting
from django.forms.utils import ErrorList
from django.http import HttpRequest
from django.utils.formats import localize
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe


class Widget(TypedDict, total=False):
    """What a widget gives to its template."""

    template_name: str
    type: str
    name: str
    value: object
    label: object
    wrap_label: bool
    attrs: dict[str, object]
    optgroups: list[tuple[object, list["Widget"], int]]


_FOLDER = "django/forms/widgets/"
_TYPED = {f"{_FOLDER}{name}.html" for name in ("text", "search", "textarea")}


class FormRenderer(TemplatesSetting):
    """Django's renderer for forms, with the most frequent widgets written in Python."""

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        if template_name == ErrorList.template_name and not context["errors"]:
            return SafeString()
        if template_name in _TYPED:  # what is typed runs in the direction of its first letter, whatever the page's language
            context["widget"]["attrs"].setdefault("dir", "auto")
        write = WRITERS.get(template_name)
        if write is not None and _has_usual_options(context["widget"]):
            return mark_safe(write(context["widget"]).strip())  # noqa: S308  every value in it was escaped
        return super().render(template_name, context, request)


def _has_usual_options(widget: Widget) -> bool:
    return all(option["template_name"] in _OPTIONS for _group, options, _index in widget.get("optgroups", ()) for option in options)


def _shown(value: object) -> str:
    """As `{{ value }}` in a template."""
    return escape(value) if type(value) is str else conditional_escape(str(localize(value)) if not isinstance(value, SafeString) else value)


def _as_text(value: object) -> str:
    """As `{{ value|stringformat:"s" }}` in a template."""
    return conditional_escape(value) if isinstance(value, SafeString) else escape(str(value))


def _attributes(widget: Widget) -> str:
    return "".join(
        f" {_shown(name)}" if value is True else f' {_shown(name)}="{_as_text(value)}"'
        for name, value in widget["attrs"].items()
        if value is not False
    )


def _input(widget: Widget) -> str:
    value = widget["value"]
    shown = "" if value is None else f' value="{_as_text(value)}"'
    return f'<input type="{_shown(widget["type"])}" name="{_shown(widget["name"])}"{shown}{_attributes(widget)}>\n'


def _select_option(widget: Widget) -> str:
    return f'<option value="{_as_text(widget["value"])}"{_attributes(widget)}>{_shown(widget["label"])}</option>\n'


def _labelled_input(widget: Widget) -> str:
    if not widget.get("wrap_label"):
        return f"{_input(widget)}\n\n"
    pk = widget["attrs"].get("id")
    shown = f' for="{_shown(pk)}"' if pk else ""
    return f"<label{shown}>{_input(widget)} {_shown(widget['label'])}</label>\n\n"


_OPTIONS: dict[str, Callable[[Widget], str]] = {
    f"{_FOLDER}select_option.html": _select_option,
    f"{_FOLDER}radio_option.html": _labelled_input,
    f"{_FOLDER}checkbox_option.html": _labelled_input,
}


def _option(option: Widget) -> str:
    return _OPTIONS[option["template_name"]](option)


def _select(widget: Widget) -> str:
    parts = [f'<select name="{_shown(widget["name"])}"{_attributes(widget)}>']
    for group, options, _index in widget["optgroups"]:
        if group:
            parts.append(f'\n  <optgroup label="{_shown(group)}">')
        parts += [f"\n  {_option(option)}" for option in options]
        if group:
            parts.append("\n  </optgroup>")
    return "".join([*parts, "\n</select>"])


def _several_inputs(widget: Widget) -> str:
    pk, names = widget["attrs"].get("id"), widget["attrs"].get("class")
    parts = ["<div", f' id="{_shown(pk)}"' if pk else "", f' class="{_shown(names)}"' if names else "", ">"]
    for group, options, _index in widget["optgroups"]:
        if group:
            parts.append(f"\n  <div><label>{_shown(group)}</label>")
        parts += [f"<div>\n    {_option(option)}</div>" for option in options]
        if group:
            parts.append("\n  </div>")
    return "".join([*parts, "\n</div>"])


WRITERS: dict[str, Callable[[Widget], str]] = {
    **{f"{_FOLDER}{name}.html": _input for name in ("text", "search", "email", "number", "date", "hidden", "checkbox")},
    **{f"{_FOLDER}{name}.html": _several_inputs for name in ("radio", "checkbox_select")},
    f"{_FOLDER}select.html": _select,
}
