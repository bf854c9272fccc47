"""What the interface's catalogues lack: `python -m tests.catalogues`, part of `make lint`.

Messages are read from the sources themselves, so that a forgotten `make messages` is seen without GNU gettext.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import polib
from django.utils.translation.template import templatize

BASE = Path(__file__).resolve().parent.parent
LANGUAGES = ("es",)
APPS = ("accounts", "common", "config", "counselor", "journal", "operations", "prompts")
FUNCTIONS = re.compile(r"\b(?:gettext|ngettext|pgettext|npgettext|_)(?=\()")
SINGLE, CONTEXT, PLURAL = "single", "context", "plural"
KINDS = {
    "_": SINGLE,
    "gettext": SINGLE,
    "gettext_lazy": SINGLE,
    "ngettext": PLURAL,
    "ngettext_lazy": PLURAL,
    "pgettext": CONTEXT,
    "pgettext_lazy": CONTEXT,
}
type Entry = polib.POEntry | polib.MOEntry

PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")


class Message(NamedTuple):
    """A string as it stands in the source, with the context that distinguishes it from others of the same text."""

    text: str
    context: str = ""


# --- In the sources.


def _in_python(source: str) -> Iterator[Message]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            # xgettext looks for these names, too: under another one, a message would never reach the catalogue.
            unknown = [alias for alias in node.names if "gettext" in alias.name and (alias.asname or alias.name) not in KINDS]
            if unknown:
                raise ValueError(f"{unknown[0].name} is imported as {unknown[0].asname}; messages are looked for under {', '.join(KINDS)}")
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in KINDS:
            continue
        texts = [argument.value for argument in node.args if isinstance(argument, ast.Constant) and isinstance(argument.value, str)]
        if KINDS[node.func.id] == CONTEXT and len(texts) == 2:
            yield Message(texts[1], texts[0])
        elif texts:
            yield Message(texts[0])


def _in_template(source: str) -> Iterator[Message]:
    """Django turns a template into something like Python for its own extraction; its calls are read one by one."""
    text = templatize(source)
    for match in FUNCTIONS.finditer(text):
        call = _call(text[match.start() :])
        if call is not None:
            yield from _in_python(call)


def _call(text: str) -> str | None:
    """The call that a text begins with."""
    for end in (match.end() for match in re.finditer(r"\)", text)):
        try:
            ast.parse(text[:end].strip(), mode="eval")
        except (SyntaxError, ValueError):
            if end > 5_000:
                return None
            continue
        return text[:end].strip()
    return None


def messages(base: Path = BASE) -> set[Message]:
    """Every string of the interface that is marked for translation."""
    marked: set[Message] = set()
    for app in APPS:
        for path in sorted((base / app).rglob("*.py")):
            marked.update(_in_python(path.read_text(encoding="utf-8")))
    for path in sorted([*(base / "templates").rglob("*.html"), *(base / "templates").rglob("*.txt")]):
        marked.update(_in_template(path.read_text(encoding="utf-8")))
    return {message for message in marked if message.text.strip()}


# --- In the catalogues.


def _catalogue(base: Path, language: str, extension: str) -> dict[Message, Entry]:
    path = base / "locale" / language / "LC_MESSAGES" / f"django.{extension}"
    file = polib.pofile(str(path)) if extension == "po" else polib.mofile(str(path))
    return {Message(entry.msgid, entry.msgctxt or ""): entry for entry in file if not entry.obsolete}


def _translations(entry: Entry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def _plural_forms(base: Path, language: str) -> int:
    """How many forms each plural has: where one is lacking, the original is shown in its place."""
    header = polib.pofile(str(base / "locale" / language / "LC_MESSAGES" / "django.po")).metadata.get("Plural-Forms", "")
    return int(found[1]) if (found := re.search(r"nplurals=(\d+)", header)) else 2


def _placeholders(text: str) -> set[str]:
    return {first or second for first, second in PLACEHOLDER.findall(text)}


def problems(language: str, base: Path = BASE) -> list[str]:
    """One line for each problem to solve before this language can ship."""
    sources, catalogue, compiled = messages(base), _catalogue(base, language, "po"), _catalogue(base, language, "mo")
    forms = _plural_forms(base, language)
    lines = [f"not in the catalogue: {message.text!r}" for message in sorted(sources - catalogue.keys())]
    lines += [f"in the catalogue and nowhere else: {message.text!r}" for message in sorted(catalogue.keys() - sources) if message.text]
    for message, entry in catalogue.items():
        if not all(_translations(entry)) or "fuzzy" in entry.flags:
            lines.append(f"not translated: {message.text!r}")
        elif message not in compiled or _translations(compiled[message]) != _translations(entry):
            lines.append(f"not compiled: {message.text!r}")
        if entry.msgid_plural and len(entry.msgstr_plural) != forms:
            lines.append(f"has {len(entry.msgstr_plural)} of {forms} plural forms: {message.text!r}")
        expected = _placeholders(entry.msgid) | _placeholders(entry.msgid_plural)
        if any(unknown := _placeholders(text) - expected for text in _translations(entry)):
            lines.append(f"has {', '.join(sorted(unknown))}, which the original does not: {message.text!r}")
    return lines


def main() -> int:
    total = len(messages())
    status = 0
    for language in LANGUAGES:
        lines = problems(language)
        print(f"{language}: {total} messages, {len(lines)} problems")
        for line in lines:
            status = 1
            print(f"{language}: {line}")
    return status


if __name__ == "__main__":
    sys.exit(main())
