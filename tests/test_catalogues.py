"""Which language a page speaks, and the check that lists what a language lacks."""

from pathlib import Path

import polib
import pytest

from tests import catalogues
from tests.catalogues import Message


class CataloguesTests:
    def test_what_ships_lacks_nothing(self) -> None:
        assert catalogues.problems("es") == []

    def test_messages_are_read_from_templates_and_code_with_contexts_and_plurals(self) -> None:
        messages = catalogues.messages()

        assert Message("Light", "depth of a question") in messages
        assert Message("Light") in messages
        assert any(message.text.startswith("%(counter)s night") for message in messages)
        assert any("This pauses" in message.text for message in messages)

    def test_a_function_by_a_name_that_nobody_looks_for_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "journal").mkdir()
        (tmp_path / "journal" / "new.py").write_text('from django.utils.translation import gettext_lazy as __\n__("Lost")\n')

        with pytest.raises(ValueError, match="gettext_lazy is imported as __"):
            catalogues.messages(tmp_path)

    def test_what_is_missing_stale_or_wrong_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "templates").mkdir()
        (tmp_path / "templates" / "new.html").write_text('{% load i18n %}{% translate "Help" %}{% translate "Quite new" %}')
        (tmp_path / "journal").mkdir()
        (tmp_path / "journal" / "new.py").write_text(
            '_("Hello %(name)s")\n_("Later")\nngettext("One", "%(n)s", 2)\npgettext("here", "Help")\n'
        )
        folder = tmp_path / "locale" / "es" / "LC_MESSAGES"
        folder.mkdir(parents=True)
        catalogue = polib.POFile()
        help_entry = polib.POEntry(msgid="Help", msgstr="Ayuda")
        catalogue.append(help_entry)
        catalogue.append(polib.POEntry(msgid="Hello %(name)s", msgstr="Hola %(nombre)s"))
        catalogue.append(polib.POEntry(msgid="Gone", msgstr="Ido"))
        catalogue.append(polib.POEntry(msgid="One", msgid_plural="%(n)s", msgstr_plural={0: "Una", 1: "%(n)s"}))
        catalogue.metadata["Plural-Forms"] = "nplurals=3; plural=n != 1;"
        catalogue.save_as_mofile(str(folder / "django.mo"))
        catalogue.append(polib.POEntry(msgid="Later", msgstr=""))
        help_entry.msgstr = "Auxilio"
        catalogue.save(str(folder / "django.po"))

        assert catalogues.problems("es", tmp_path) == [
            "not in the catalogue: 'Help'",
            "not in the catalogue: 'Quite new'",
            "in the catalogue and nowhere else: 'Gone'",
            "not compiled: 'Help'",
            "has nombre, which the original does not: 'Hello %(name)s'",
            "has 2 of 3 plural forms: 'One'",
            "not translated: 'Later'",
        ]
