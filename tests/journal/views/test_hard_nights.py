"""/prompts/hard-nights/: the guides, and the pages on which they are read, answered and edited."""

from http import HTTPStatus
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.test import Client, TestCase
from django.urls import reverse

from accounts.models import User
from common.ids import new_id
from journal.models import Entry, Feeling, Revision
from prompts.library import guides
from tests.factories import make_entry, make_user, page_fields
from tests.helpers import (
    EVENING,
    JSON,
    MINUTE,
    TONIGHT,
    element,
    form_fields,
    hidden_fields,
    main_text,
    parsed,
    read,
    session_contents,
    signed_in,
)

GUIDE = guides.read()["i-lost-my-temper"]
ASKS = [part.ask for part in GUIDE.parts]
BOLD = [f"**{ask}**" for ask in ASKS]


@time_machine.travel(EVENING, tick=False)
class GuideCase(TestCase):
    """It is `EVENING`, and `author` is signed in with `self.client`."""

    author: User
    url = f"/prompts/hard-nights/{GUIDE.slug}/"

    @classmethod
    def setUpTestData(cls) -> None:
        cls.author = make_user()

    def setUp(self) -> None:
        self.client.force_login(self.author)

    def read(self, url: str = "") -> BeautifulSoup:
        return read(self.client, url or self.url)

    def fields(self, *answers: str, page: BeautifulSoup | None = None, **changed: Any) -> dict[str, Any]:
        """What the page, opened without scripts, sends with these answers."""
        page = page or self.read()
        text = element(page, "main form#writing textarea[name=text]").get_text()
        unanswered = [""] * (len(ASKS) - len(answers))
        sent = {**hidden_fields(page, "main form#writing"), "text": text, "feeling": "", "ask": ASKS, "part": [*answers, *unanswered]}
        return {**sent, **changed}

    def scripted(self, text: str, **changed: Any) -> dict[str, Any]:
        """What the page, opened with scripts, sends: one text and no parts."""
        fields = self.fields(text=text, **changed)
        return {name: value for name, value in fields.items() if name not in {"ask", "part"}}

    def parts(self, page: BeautifulSoup) -> list[tuple[str, str]]:
        """The questions of a page with the answers in their fields."""
        return [
            (str(part.label and part.label.get_text()), str(part.textarea and part.textarea.get_text()).removeprefix("\n"))
            for part in page.select("[data-parts] .part")
        ]


class SignedOutTests(GuideCase):
    def setUp(self) -> None:
        super().setUp()
        self.sent = self.fields("Hands.", "Only the facts.")
        self.client.logout()

    def test_reads_every_guide_and_writes_on_none(self) -> None:
        links = [str(link["href"]) for link in self.read(reverse("journal:hard_nights")).select("main .doors a")]
        assert links == [f"/prompts/hard-nights/{slug}/" for slug in guides.read()]

        for link, guide in zip(links, guides.read().values(), strict=True):
            page = self.read(link)
            assert [ask.get_text() for ask in page.select(".ask")] == [part.ask for part in guide.parts]
            assert not page.select("main textarea, main form")
            assert page.select_one(f'main a[href="{reverse("account_login")}?next={link}"]')

    def test_keeps_what_was_typed_and_saves_nothing(self) -> None:
        response = self.client.post(self.url, self.sent)

        assert response.status_code == HTTPStatus.UNAUTHORIZED
        area = element(parsed(response), "form.kept textarea")
        assert area.get_text().removeprefix("\n") == f"{BOLD[0]}\n\nHands.\n\n{BOLD[1]}\n\nOnly the facts."
        assert not Entry.objects.exists()

    def test_what_was_kept_is_saved_on_the_guide_after_signing_in(self) -> None:
        page = parsed(self.client.post(self.url, self.sent))
        text = element(page, "form.kept textarea").get_text().removeprefix("\n")
        self.client.force_login(self.author)

        self.client.post(str(element(page, "form.kept")["action"]), {**hidden_fields(page, "form.kept"), "text": text})

        entry = Entry.objects.get()
        assert (entry.summary.guide, entry.content.text) == (GUIDE.slug, f"{BOLD[0]}\n\nHands.\n\n{BOLD[1]}\n\nOnly the facts.")

    def test_answers_a_background_save_with_that_too(self) -> None:
        response = self.client.post(self.url, self.sent, headers=JSON)

        assert (response.status_code, response.json()) == (HTTPStatus.UNAUTHORIZED, {"state": "failed"})

    def test_shows_nothing_that_another_site_sent(self) -> None:
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}):
            response = self.client.post(self.url, self.sent, headers=headers)

            assert response.status_code == HTTPStatus.UNAUTHORIZED
            assert "Only the facts." not in response.content.decode()


class FirstVisitTests(GuideCase):
    def test_begins_at_once_for_somebody_who_never_read_what_leaving_quickly_does(self) -> None:
        self.client.force_login(make_user(email="new@example.org"))

        for slug, guide in guides.read().items():
            page = self.read(reverse("journal:hard_night", args=[slug]))
            assert [ask for ask, _answer in self.parts(page)] == [part.ask for part in guide.parts]

    def test_the_number_to_call_stands_first_where_somebody_may_be_hurt_and_help_is_a_link(self) -> None:
        self.author.time_zone = "Europe/Stockholm"
        self.author.save()
        for client in (self.client, Client(headers={"accept-language": "sv-SE"})):
            for slug, guide in guides.read().items():
                page = read(client, reverse("journal:hard_night", args=[slug]))
                links = [str(link["href"]) for link in page.select(".asked a")][1:]
                assert links == ["tel:112"] * guide.help_first + [reverse("help")] * guide.opening.count("Help")

    def test_the_list_of_guides_begins_with_the_number_too(self) -> None:
        page = read(Client(headers={"accept-language": "sv-SE"}), reverse("journal:hard_nights"))

        links = [str(link["href"]) for link in page.select("main a")][1:]
        assert (links[0], links[-1]) == ("tel:112", f"{reverse('help')}#topics")

    def test_without_a_known_country_it_leads_to_the_numbers(self) -> None:
        self.client.logout()

        assert self.read().select_one(f'.asked .call a[href="{reverse("help")}#call"]')


class WritingTests(GuideCase):
    def test_has_a_field_for_each_question(self) -> None:
        page = self.read()

        assert [tag["value"] for tag in page.select("input[name=ask]")] == ASKS
        assert self.parts(page) == [(ask, "") for ask in ASKS]
        assert [hint.get_text() for hint in page.select(".part p")] == [part.hint for part in GUIDE.parts]

    def test_opening_it_writes_nothing(self) -> None:
        self.read()

        assert not Entry.objects.exists()

    def test_is_saved_as_one_entry_without_scripts(self) -> None:
        response = self.client.post(self.url, self.fields("Hands.\r\nTwo.", "", "Startled.", feeling=Feeling.HEAVY, action="close:done"))

        entry = Entry.objects.get()
        self.assertRedirects(response, entry.get_absolute_url())
        assert entry.content.text == f"{BOLD[0]}\n\nHands.\nTwo.\n\n{BOLD[2]}\n\nStartled."
        assert (entry.summary.guide, entry.summary.question, entry.summary.feeling) == (GUIDE.slug, GUIDE.name, "heavy")
        assert (entry.kind, entry.night, entry.asked) == (Entry.Kind.FREE, TONIGHT, None)
        assert Revision.objects.get().kind == Revision.Kind.DONE

    def test_says_its_last_words_on_the_page_that_was_kept(self) -> None:
        self.client.post(self.url, self.fields("Hands."))
        # Which guide it was tells too much about an evening to lie in a session.
        assert GUIDE.closing not in str(session_contents())
        response = self.client.get(Entry.objects.get().get_absolute_url())

        assert GUIDE.closing in main_text(response)
        with time_machine.travel(EVENING + 2 * MINUTE, tick=False):
            assert GUIDE.closing not in main_text(self.client.get(Entry.objects.get().get_absolute_url()))

    def test_is_saved_as_one_text_with_scripts(self) -> None:
        text = f"{BOLD[3]}\n\nSo tired."

        answer = self.client.post(self.url, self.scripted(text), headers=JSON).json()

        entry = Entry.objects.get()
        assert (answer["state"], answer["version"]) == ("saved", 1)
        assert (entry.content.text, entry.summary.guide) == (text, GUIDE.slug)

    def test_sent_twice_is_saved_once(self) -> None:
        for fields in (self.fields("Hands."), self.scripted("Other words.")):
            Entry.objects.all().delete()
            for _ in range(2):
                assert self.client.post(self.url, {**fields, "action": "close:done"}).status_code == HTTPStatus.FOUND

            assert Entry.objects.get().version == 1
            assert Revision.objects.count() == 1

    def test_keeps_nothing_of_an_empty_page(self) -> None:
        for fields in (self.fields(), self.fields(" ", "\r\n"), self.scripted("")):
            response = self.client.post(self.url, fields, follow=True)

            self.assertRedirects(response, reverse("journal:hard_nights"))
            assert "nothing was saved" in response.content.decode()
            assert not Entry.objects.exists()

    def test_keeps_a_feeling_without_words(self) -> None:
        self.client.post(self.url, self.fields(feeling=Feeling.STORMY))

        assert (Entry.objects.get().summary.feeling, Entry.objects.get().size) == ("stormy", 0)

    def test_two_pages_that_disagree_are_both_kept(self) -> None:
        newer, older = self.fields("On the phone."), self.fields("On the laptop.")
        older["entry"] = newer["entry"]
        self.client.post(self.url, newer)

        response = self.client.post(self.url, older)

        self.assertContains(response, "On the laptop.", status_code=HTTPStatus.CONFLICT)
        assert "On the phone." in Entry.objects.get().content.text
        assert "On the laptop." in Revision.objects.get(kind=Revision.Kind.CONFLICT).content.text

    def test_there_is_no_other_guide(self) -> None:
        url = "/prompts/hard-nights/no-such-guide/"
        assert self.client.get(url).status_code == HTTPStatus.NOT_FOUND

        response = self.client.post(url, self.fields("Still here."))

        self.assertContains(response, "Still here.", status_code=HTTPStatus.NOT_FOUND)
        assert not Entry.objects.exists()


class RefusedTests(GuideCase):
    LONG = "word " * 40_001

    def refused(self, fields: dict[str, Any]) -> list[tuple[str, str]]:
        """The parts of the page with which these fields are refused."""
        response = self.client.post(self.url, fields)
        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert not Entry.objects.exists()
        return self.parts(parsed(response))

    def test_a_text_that_is_too_long_keeps_its_parts(self) -> None:
        parts = self.refused(self.fields("Hands.\r\nTwo.", self.LONG))

        assert parts == [(ASKS[0], "Hands.\nTwo."), (ASKS[1], self.LONG), *((ask, "") for ask in ASKS[2:])]

    def test_a_text_that_is_too_long_keeps_its_parts_where_a_browser_with_scripts_sent_it(self) -> None:
        parts = self.refused(self.scripted(f"{BOLD[0]}\r\n\r\nHands.\r\n\r\n{BOLD[1]}\r\n\r\n{self.LONG}"))

        assert parts == [(ASKS[0], "Hands."), (ASKS[1], self.LONG), *((ask, "") for ask in ASKS[2:])]

    def test_characters_that_cannot_be_kept_are_taken_out_of_their_part(self) -> None:
        self.client.post(self.url, self.fields("Ha\0nds."))

        assert Entry.objects.get().content.text == f"**{ASKS[0]}**\n\nHands."

    def test_a_damaged_page_keeps_its_parts_and_is_saved_at_the_second_try(self) -> None:
        response = self.client.post(self.url, self.fields("Hands.", "Facts.", entry="broken", seq="-1"))
        page = parsed(response)
        assert self.parts(page)[:2] == [(ASKS[0], "Hands."), (ASKS[1], "Facts.")]

        self.client.post(self.url, self.fields("Hands.", "Facts.", page=page))

        assert Entry.objects.get().content.text == f"{BOLD[0]}\n\nHands.\n\n{BOLD[1]}\n\nFacts."

    def test_a_page_that_was_opened_by_someone_else_is_not_saved_or_shown(self) -> None:
        other = make_user(email="other@example.org")

        response = self.client.post(self.url, self.fields("Mine alone.", author=other.pk))

        assert response.status_code == HTTPStatus.FORBIDDEN
        assert "Mine alone." not in response.content.decode()
        assert not Entry.objects.exists()

    def test_a_strangers_entry_is_left_alone_and_the_text_is_kept(self) -> None:
        theirs = make_entry(make_user(email="other@example.org"))

        response = self.client.post(self.url, self.fields("Still here.", entry=theirs.pk))

        self.assertContains(response, "Still here.", status_code=HTTPStatus.NOT_FOUND)
        assert Entry.objects.get().content.text == "We read two chapters."


class EditTests(GuideCase):
    entry: Entry
    edit: str

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        client = signed_in(cls.author)
        fields = hidden_fields(read(client, cls.url), "main form#writing")
        client.post(cls.url, {**fields, "feeling": "", "ask": ASKS, "part": ["Hands.", "", "Startled.\n\nOr not.", "", ""]})
        cls.entry = Entry.objects.get()
        cls.edit = reverse("journal:entry_edit", args=[cls.entry.pk])

    def text(self) -> str:
        return str(Entry.objects.get().content.text)

    def change(self, text: str) -> None:
        """Save this text on the entry, from another page."""
        fields = page_fields(self.author, entry=self.entry.pk, base=Entry.objects.get().version, text=text)
        self.client.post(self.edit, fields)
        assert self.text() == text

    def test_shows_the_answers_in_their_parts(self) -> None:
        assert self.parts(self.read(self.edit)) == list(zip(ASKS, ["Hands.", "", "Startled.\n\nOr not.", "", ""], strict=True))

    def test_saves_them_and_stays_the_guides(self) -> None:
        fields = self.fields("Hands.", "Plainly.", page=self.read(self.edit))

        for _ in range(2):
            self.assertRedirects(self.client.post(self.edit, fields), self.entry.get_absolute_url())

        entry = Entry.objects.get()
        assert (entry.content.text, entry.version) == (f"{BOLD[0]}\n\nHands.\n\n{BOLD[1]}\n\nPlainly.", 2)
        assert (entry.summary.guide, entry.summary.question) == (GUIDE.slug, GUIDE.name)

    def test_an_answer_can_be_taken_back(self) -> None:
        self.client.post(self.edit, self.fields(page=self.read(self.edit)))

        assert self.text() == ""
        assert self.parts(self.read(self.edit)) == [(ask, "") for ask in ASKS]

    def test_a_text_that_became_something_else_has_the_plain_editor(self) -> None:
        self.change(f"A letter.\n\n{self.text()}")

        page = self.read(self.edit)

        assert element(page, "textarea[name=text]").get_text().removeprefix("\n") == self.text()
        assert not page.select("[name=part], [name=ask]")

    def test_a_guide_that_no_longer_ships_has_the_plain_editor(self) -> None:
        entry = make_entry(self.author, entry_id=new_id(), kind=Entry.Kind.FREE, guide="long-gone", text=f"{BOLD[0]}\n\nHands.")

        page = self.read(reverse("journal:entry_edit", args=[entry.pk]))

        assert not page.select("[name=part]")
        assert "Hands." in page.get_text()

    def test_a_text_that_is_too_long_keeps_its_words(self) -> None:
        response = self.client.post(self.edit, self.fields("word " * 40_001, page=self.read(self.edit)))

        self.assertContains(response, "word " * 40_001, status_code=HTTPStatus.UNPROCESSABLE_ENTITY)
        assert self.text().startswith(f"{BOLD[0]}\n\nHands.")

    def test_strangers_find_nothing(self) -> None:
        self.client.force_login(make_user(email="other@example.org"))

        assert self.client.get(self.edit).status_code == HTTPStatus.NOT_FOUND
        assert self.client.post(self.edit, page_fields(self.author, text="Theirs now.")).status_code == HTTPStatus.NOT_FOUND
        assert "Hands." in self.text()


@pytest.mark.django_db
@pytest.mark.parametrize("slug", list(guides.read()))
def test_every_guide_that_ships_is_answered_from_start_to_end(slug: str) -> None:
    guide, author = guides.read()[slug], make_user()
    client, url = signed_in(author), f"/prompts/hard-nights/{slug}/"
    page = read(client, url)
    assert [label.get_text() for label in page.select("[data-parts] .part label")] == [part.ask for part in guide.parts]
    answers = [f"Answer {number}." for number in range(len(guide.parts))]

    sent = {**form_fields(page, "main form#writing"), "part": answers, "action": "close:done"}
    response = client.post(url, sent, follow=True)

    assert guide.closing in main_text(response)
    entry = Entry.objects.get(author=author)
    assert entry.content.text == "\n\n".join(f"**{part.ask}**\n\n{answer}" for part, answer in zip(guide.parts, answers, strict=True))
    kept = Revision.objects.get().pk
    for address in (entry.get_absolute_url(), reverse("journal:revision", args=[entry.pk, kept])):
        shown = element(read(client, address), ".reading")
        assert [ask.get_text() for ask in shown.select("h2.ask")] == [part.ask for part in guide.parts]
        assert [answer.get_text() for answer in shown.select("p")] == answers
    row = element(read(client, reverse("journal:timeline")), ".nights a")
    assert [element(row, ".q").get_text(), element(row, ".x").get_text()] == [guide.name, " · ".join(answers)]
    edit = reverse("journal:entry_edit", args=[entry.pk])
    client.post(edit, {**form_fields(read(client, edit), "main form#writing"), "part": ["Another answer.", *answers[1:]]})
    assert Entry.objects.get().content.text.startswith(f"**{guide.parts[0].ask}**\n\nAnother answer.")
