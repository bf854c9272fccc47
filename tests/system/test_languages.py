"""A page is in the language that the person chose, or else in the browser's."""

from bs4 import BeautifulSoup
from django.test import TestCase

from accounts.models import User
from journal.models import Entry
from prompts.library import translations
from tests.factories import make_prompt, make_user, page_fields
from tests.helpers import element, parsed

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
        return parsed(self.client.get("/tonight/", headers={"Accept-Language": browser}))

    def choose(self, language: str) -> None:
        fields = {"name": "", "language": language, "time_zone": "UTC", "night_ends_at": 4, "appearance": "device", "shows_leave": "on"}
        self.assertRedirects(self.client.post("/accounts/settings/", fields), "/accounts/settings/")

    def test_speaks_as_the_browser_asks(self) -> None:
        page = self.tonight("es-MX,es;q=0.9")

        assert element(page, "html")["lang"] == "es"
        assert element(page, "h1").get_text() == translations.read("es").prompts[SLUG].question
        assert "Esta noche" in element(page, "header nav").get_text()

    def test_what_the_person_chose_comes_before_the_browser(self) -> None:
        self.choose("es")
        assert "Esta noche" in self.tonight("en").get_text()

        self.choose("")
        assert "Tonight" in self.tonight("en").get_text()

    def test_an_unknown_language_is_refused(self) -> None:
        response = self.client.post(
            "/accounts/settings/", {"language": "xx", "time_zone": "UTC", "night_ends_at": 4, "appearance": "device"}
        )

        assert response.status_code == 422
        assert User.objects.get().language == ""

    def test_an_answer_in_spanish_belongs_to_the_same_prompt_in_the_words_that_were_read(self) -> None:
        self.choose("es")

        night = element(self.tonight(), "[name=night]")["value"]
        self.client.post("/tonight/", page_fields(self.author, night=night, mode="question", prompt=SLUG))

        entry = Entry.objects.get()
        assert (entry.prompt_id, entry.summary.question) == (SLUG, translations.read("es").prompts[SLUG].question)
