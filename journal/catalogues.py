"""Which words of the interface a language lacks: every string marked for translation, held against the compiled catalogue.

Read from the sources themselves, so that a forgotten `makemessages` is seen too, and nothing but Python is needed.
"""

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.utils.translation.template import templatize

APPS = ("accounts", "config", "journal", "prompts")
FUNCTIONS = re.compile(r"\b(?:gettext|ngettext|pgettext|npgettext|_)(?=\()")
ONE, CONTEXT, PLURAL = "one", "context", "plural"
KINDS = {
    "_": ONE,
    "gettext": ONE,
    "gettext_lazy": ONE,
    "ngettext": PLURAL,
    "ngettext_lazy": PLURAL,
    "pgettext": CONTEXT,
    "pgettext_lazy": CONTEXT,
}


class Message(NamedTuple):
    """A string as it stands in the source, with the context that tells it from others of the same words."""

    words: str
    context: str = ""

    @property
    def key(self) -> str:
        """As gettext's catalogues have it."""
        return f"{self.context}\x04{self.words}" if self.context else self.words


def _in_python(source: str) -> Iterator[Message]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in KINDS:
            continue
        words = [argument.value for argument in node.args if isinstance(argument, ast.Constant) and isinstance(argument.value, str)]
        if KINDS[node.func.id] == CONTEXT and len(words) == 2:
            yield Message(words[1], words[0])
        elif words:
            yield Message(words[0])


def _in_template(source: str) -> Iterator[Message]:
    """Django turns a template into something like Python for its own extraction; its calls are read one by one."""
    text = templatize(source)
    for match in FUNCTIONS.finditer(text):
        call = _call(text[match.start() :])
        if call is not None:
            yield from _in_python(call)


def _call(text: str) -> str | None:
    """The call that a text begins with."""
    for end in (at.end() for at in re.finditer(r"\)", text)):
        try:
            ast.parse(text[:end].strip(), mode="eval")
        except (SyntaxError, ValueError):
            if end > 5_000:
                return None
            continue
        return text[:end].strip()
    return None


def messages() -> set[Message]:
    """Every string of the interface that is marked for translation."""
    found: set[Message] = set()
    for app in APPS:
        for path in sorted((settings.BASE_DIR / app).rglob("*.py")):
            found.update(_in_python(path.read_text(encoding="utf-8")))
    for path in sorted((settings.BASE_DIR / "templates").rglob("*.html")) + sorted((settings.BASE_DIR / "templates").rglob("*.txt")):
        found.update(_in_template(path.read_text(encoding="utf-8")))
    return {message for message in found if message.words.strip()}


def missing(language: str) -> list[Message]:
    """What a language has no words for, in our own catalogue; English needs none."""
    path = Path(settings.LOCALE_PATHS[0], language, "LC_MESSAGES", "django.mo")
    with path.open("rb") as file:
        catalogue = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    there = {key[0] if isinstance(key, tuple) else key for key, words in catalogue.items() if words}
    return sorted(message for message in messages() if message.key not in there)
