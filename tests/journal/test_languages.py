"""Which language a page speaks, and the check that lists what a language lacks."""

from pathlib import Path

import polib
import pytest
from bs4 import BeautifulSoup
from django.test import TestCase

from accounts.models import User
from journal.models import Entry
from prompts.library import translations
from tests import catalogues
from tests.catalogues import Message
from tests.factories import make_prompt, make_user, page_fields

SLUG = "the-air-between-you"


class PageTests(TestCase):
    author: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.author = make_user()
        make_prompt(slug=SLUG, theme="repair", question="How does the air between you and your child feel tonight?")

    def setUp(self) -> None:
        self.client.force_login(self.author)

    def tonight(self, browser: str = "en") -> BeautifulSoup:
        return BeautifulSoup(self.client.get("/tonight/", headers={"Accept-Language": browser}).content, "html.parser")

    def choose(self, language: str) -> None:
        fields = {"name": "", "language": language, "time_zone": "UTC", "night_ends_at": 4, "appearance": "device", "shows_leave": "on"}
        self.assertRedirects(self.client.post("/accounts/settings/", fields), "/accounts/settings/")

    def test_speaks_as_the_browser_asks(self) -> None:
        page = self.tonight("es-MX,es;q=0.9")

        assert page.html is not None
        assert page.html["lang"] == "es"
        assert page.select("h1")[0].get_text() == translations.read("es").prompts[SLUG].question
        assert "Esta noche" in page.select("header nav")[0].get_text()

    def test_what_the_person_chose_counts_before_that(self) -> None:
        self.choose("es")
        assert "Esta noche" in self.tonight("en").get_text()

        self.choose("")
        assert "Tonight" in self.tonight("en").get_text()

    def test_a_language_that_is_not_there_is_refused(self) -> None:
        response = self.client.post(
            "/accounts/settings/", {"language": "xx", "time_zone": "UTC", "night_ends_at": 4, "appearance": "device"}
        )

        assert response.status_code == 422
        assert User.objects.get().language == ""

    def test_answered_in_spanish_it_is_the_same_prompt_in_the_words_that_were_read(self) -> None:
        self.choose("es")

        self.client.post(
            "/tonight/", page_fields(self.author, night=self.tonight().select("[name=night]")[0]["value"], mode="question", prompt=SLUG)
        )

        entry = Entry.objects.get()
        assert (entry.prompt_id, entry.summary.question) == (SLUG, translations.read("es").prompts[SLUG].question)


class TestCatalogues:
    def test_what_ships_lacks_nothing(self) -> None:
        assert catalogues.problems("es") == []

    def test_messages_are_read_from_templates_and_code_with_contexts_and_plurals(self) -> None:
        messages = catalogues.messages()

        assert Message("Light", "depth of a question") in messages
        assert Message("Light") in messages
        assert any(message.text.startswith("%(counter)s night") for message in messages)
        assert any("is under way" in message.text for message in messages)

    def test_a_function_by_a_name_that_nobody_looks_for_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "journal").mkdir()
        (tmp_path / "journal" / "new.py").write_text('from django.utils.translation import gettext_lazy as __\n__("Lost")\n')

        with pytest.raises(ValueError, match="gettext_lazy is imported as __"):
            catalogues.messages(tmp_path)

    def test_what_is_missing_stale_or_wrong_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "templates").mkdir()
        (tmp_path / "templates" / "new.html").write_text('{% load i18n %}{% translate "Help" %}{% translate "Quite new" %}')
        (tmp_path / "journal").mkdir()
        (tmp_path / "journal" / "new.py").write_text('_("Hello %(name)s")\n_("Later")\npgettext("here", "Help")\n')
        folder = tmp_path / "locale" / "es" / "LC_MESSAGES"
        folder.mkdir(parents=True)
        catalogue = polib.POFile()
        help_entry = polib.POEntry(msgid="Help", msgstr="Ayuda")
        catalogue.append(help_entry)
        catalogue.append(polib.POEntry(msgid="Hello %(name)s", msgstr="Hola %(nombre)s"))
        catalogue.append(polib.POEntry(msgid="Gone", msgstr="Ido"))
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
            "not translated: 'Later'",
        ]
