"""What allauth and Django say on our pages and in our mails is ours, in each language: locale/libraries."""

import re
from collections.abc import Iterator
from pathlib import Path

import allauth
import polib
import pytest
from django.conf import settings
from django.utils import translation
from django.utils.translation.template import templatize

from tests import catalogues

ALLAUTH = Path(allauth.__file__).parent
TEMPLATES = ("account", "mfa", "usersessions")
# Pages and words for what this site does not have.
UNUSED = {"account/email.html", "mfa/trust.html"}
UNUSED_WORDS = re.compile(
    r"username|phone|each time|select only one|^Trust|Trust$|^Email \(|Remember Me|^Login$|verified\.$|Mark selected", re.IGNORECASE
)
# Spanish that says "usted", and English that pleads or stiffens.
STIFF = {
    "es": re.compile(
        r"\b(usted|ustedes|introduzca|introdúzcalo|escriba|utilice|haga|confirme|verifique|compruebe|indique|desea|seleccione|"
        r"asegúrese|inténtelo|póngase|[Ss]u (cuenta|contraseña|correo|dirección|código|navegador)|ha (sido|indicado|olvidado))\b",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"\b(please|two-factor|third.party|security keys?|reauthenticate|procedure|database|token|signup|login|invalid)\b", re.IGNORECASE
    ),
}


def _calls(source: str) -> Iterator[str]:
    for match in catalogues.FUNCTIONS.finditer(source):
        if call := catalogues._call(source[match.start() :]):
            yield from (message.text for message in catalogues._in_python(call))


def words() -> set[str]:
    """What allauth says where no template of ours stands in place of its own."""
    found: set[str] = set()
    for folder in TEMPLATES:
        for path in (ALLAUTH / "templates" / folder).rglob("*.*"):
            name = str(path.relative_to(ALLAUTH / "templates"))
            if name not in UNUSED and not (Path(settings.BASE_DIR) / "templates" / name).exists():
                found.update(_calls(templatize(path.read_text(encoding="utf-8"))))
        for path in (ALLAUTH / folder).rglob("*.py"):
            if path.name in {"forms.py", "fields.py", "adapter.py", "views.py"} and "tests" not in path.parts:
                found.update(message.text for message in catalogues._in_python(path.read_text(encoding="utf-8")))
    return {text for text in found if not UNUSED_WORDS.search(text)}


WORDS = sorted(words())


@pytest.mark.parametrize("language", ["en", "es"])
def test_no_word_of_allauths_is_stiff(language: str) -> None:
    assert len(WORDS) > 100
    assert STIFF["es"].search("Introduzca su código")
    with translation.override(language):
        said = {text: str(translation.gettext(text)) for text in WORDS}
    assert {text: shown for text, shown in said.items() if STIFF[language].search(shown)} == {}


def test_each_language_says_all_of_it() -> None:
    folder = Path(settings.BASE_DIR) / "locale" / "libraries"
    files = {language: polib.pofile(str(folder / language / "LC_MESSAGES" / "django.po")) for language in ("en", "es")}
    texts = {language: {entry.msgid for entry in file} for language, file in files.items()}
    assert texts["en"] == texts["es"]
    for language, file in files.items():
        compiled = {entry.msgid: entry for entry in polib.mofile(str(folder / language / "LC_MESSAGES" / "django.mo"))}
        for entry in file:
            assert all(catalogues._translations(entry)), (language, entry.msgid)
            assert catalogues._translations(compiled[entry.msgid]) == catalogues._translations(entry), (language, entry.msgid)
            expected = catalogues._placeholders(entry.msgid) | catalogues._placeholders(entry.msgid_plural)
            assert all(catalogues._placeholders(text) <= expected for text in catalogues._translations(entry)), (language, entry.msgid)
