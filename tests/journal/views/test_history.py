"""/journal/<id>/history/: the list of an entry's earlier texts, and how one of them differs from another."""

import datetime as dt
import uuid
from http import HTTPStatus
from typing import Any

import time_machine
from bs4.element import Tag
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from common.ids import new_id
from journal.entries.submission import submit
from journal.history import revisions
from journal.models import Entry, Revision, RevisionContent
from tests.factories import make_draft, make_entry, make_user, page_fields
from tests.helpers import DAY, EVENING, MINUTE, element, signed_in
from tests.journal.cases import JournalCase


def write_on(author: User, entry: Entry, text: str, *, at: dt.datetime, feeling: str = "", question: str = "") -> Revision:
    """Write another text on the entry; returns the revision that was kept of the text before it."""
    kept = Entry.objects.get(pk=entry.pk)
    revisions.keep(kept, Revision.Kind.EARLIER, at)
    kept.save()
    conflict_copy = Revision(content=RevisionContent(text=text, feeling=feeling, question=question), entry=kept)
    with time_machine.travel(at, tick=False):
        revisions.restore(author, conflict_copy, at)
    return Revision.objects.filter(entry=entry).newest_first().exclude(kind="conflict")[0]


class HistoryTests(JournalCase):
    def listing(self, entry: Entry) -> Tag:
        return element(self.read(reverse("journal:history", args=[entry.pk])), "main")

    def test_says_that_there_is_nothing_earlier_yet(self) -> None:
        page = self.listing(make_entry(self.author))

        assert "No earlier texts yet" in page.get_text()
        assert "The current version" in page.get_text()

    def test_counts_one_and_many(self) -> None:
        entry = make_entry(self.author, text="One.", now=EVENING - DAY)
        write_on(self.author, entry, "Two.", at=EVENING)
        assert "1 earlier text" in self.listing(entry).stripped_strings

        write_on(self.author, entry, "Three.", at=EVENING)
        assert "2 earlier texts" in self.listing(entry).stripped_strings

    def test_lists_under_the_nights_they_were_written_on(self) -> None:
        """Half past one belongs to the night before."""
        entry = make_entry(self.author, text="One.", now=EVENING - 3 * DAY)
        write_on(self.author, entry, "Two.", at=EVENING - DAY)
        write_on(self.author, entry, "Three.", at=dt.datetime(2026, 3, 1, 1, 30, tzinfo=dt.UTC))
        write_on(self.author, entry, "Four.", at=EVENING)

        page = self.listing(entry)

        assert [heading.get_text() for heading in page.select("h2.month")] == ["Saturday, 28 February", "Thursday, 26 February"]
        assert [time.get_text() for time in page.select(".month + ul span:first-child")] == ["01:30", "21:04", "21:04"]

    def test_states_its_rule_in_one_sentence(self) -> None:
        page = self.listing(make_entry(self.author))

        [sentence] = [text for text in page.stripped_strings if "a week" in text]
        assert sentence == "We keep all for a day, one an hour for a week, then finished ones and any from before a big cut."


class RevisionTests(JournalCase):
    page: Entry
    first: Revision
    second: Revision

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.page = make_entry(cls.author, text="We ate soup.\n\nThen bed.", feeling="heavy", now=EVENING - 2 * DAY)
        cls.first = write_on(cls.author, cls.page, "We ate cold soup.\n\nThen bed.", feeling="heavy", at=EVENING - DAY)
        cls.second = write_on(cls.author, cls.page, "We ate cold soup.", feeling="light", at=EVENING)

    def main(self, url: str, **query: Any) -> Tag:
        return element(self.read(url, **query), "main")

    def url(self, revision: Revision) -> str:
        return reverse("journal:revision", args=[self.page.pk, revision.pk])

    def marked(self, page: Tag, name: str) -> list[str]:
        """The words in elements of this name, `ins` or `del`, with what they are announced as."""
        return [mark.get_text().strip() for mark in page.select(f"#differences {name}")]

    def test_shows_what_is_different_from_the_page_now(self) -> None:
        page = self.main(self.url(self.first))

        assert "What’s different now" in page.get_text()
        assert self.marked(page, "ins") == ["added: Light", "added: cold"]
        assert self.marked(page, "del") == ["removed: Heavy", "removed: \n\nThen bed."]

    def test_says_so_where_nothing_is_different(self) -> None:
        revisions.keep_done(self.author, self.page, EVENING)

        page = self.main(self.url(Revision.objects.get(kind="done")))

        assert "No difference" in page.get_text()
        assert not page.select("ins, del")

    def test_says_so_where_only_the_feeling_changed(self) -> None:
        third = write_on(self.author, self.page, "We ate cold soup.", feeling="bright", at=EVENING + DAY)

        page = self.main(self.url(third))

        assert (self.marked(page, "del"), self.marked(page, "ins")) == (["removed: Light"], ["added: Bright"])
        assert "The words are the same." in page.get_text()

    def test_says_so_where_the_question_changed(self) -> None:
        third = write_on(self.author, self.page, "We ate.", feeling="light", question="What now?", at=EVENING + DAY)

        assert self.marked(self.main(self.url(third)), "ins") == ["added: What now?"]

    def test_leads_to_the_text_before_it_and_back(self) -> None:
        link = element(self.main(self.url(self.second)), "#differences a")

        page = self.main(self.url(self.second).split("?")[0] + str(link["href"]))

        assert (self.marked(page, "ins"), self.marked(page, "del")) == (["added: cold"], [])
        assert str(element(page, "#differences a")["href"]) == self.url(self.second) + "#differences"

    def test_the_first_has_no_text_before_it(self) -> None:
        assert not self.main(self.url(self.first)).select("#differences a")

    def test_the_earlier_text_comes_first_whichever_was_asked_for(self) -> None:
        comparison, reverse_comparison = (
            element(self.main(self.url(shown), **{"with": other.pk}), ".comparison")
            for shown, other in ((self.first, self.second), (self.second, self.first))
        )

        assert comparison == reverse_comparison

    def test_a_conflict_copy_is_compared_but_was_never_the_text_before(self) -> None:
        entry = Entry.objects.get()
        content = RevisionContent(text="From the train.")
        conflict_copy = revisions.keep_conflict_copy(entry, uuid.uuid4(), 1, 1, content, EVENING - DAY / 2)

        assert "From the train." in self.main(self.url(conflict_copy)).get_text()
        assert str(self.first.pk) in str(element(self.main(self.url(self.second)), "#differences a")["href"])

    def test_folds_what_is_far_from_a_change(self) -> None:
        lines = "\n".join(f"Line {n}, which is long enough to be worth folding away." for n in range(40))
        write_on(self.author, self.page, f"Top.\n{lines}", at=EVENING + DAY)
        kept = write_on(self.author, self.page, f"New top.\n{lines}", at=EVENING + 2 * DAY)

        page = self.main(self.url(kept))

        assert element(page, "#differences summary").get_text() == "… 38 lines unchanged …"

    def test_shows_a_line_break_by_a_sign(self) -> None:
        write_on(self.author, self.page, "One. Two.", at=EVENING + DAY)
        kept = write_on(self.author, self.page, "One.\nTwo.", at=EVENING + 2 * DAY)

        assert self.marked(self.main(self.url(kept)), "ins") == ["added: ¶a line break"]

    def test_what_was_written_is_text_and_never_markup(self) -> None:
        kept = write_on(self.author, self.page, "<b>bold</b> &amp; <script>1</script>", at=EVENING + DAY)

        comparison = element(self.main(self.url(kept)), ".comparison")

        assert not comparison.select("b, script")
        assert "<b>bold</b> &amp; <script>1</script>" in comparison.get_text()

    def test_knows_no_other_texts(self) -> None:
        other_page = make_entry(self.author, night=dt.date(2026, 1, 1), kind=Entry.Kind.FREE)
        of_other_page = write_on(self.author, other_page, "Another page.", at=EVENING)
        stranger = make_user(email="other@example.org")
        of_stranger = write_on(stranger, make_entry(stranger), "Theirs.", at=EVENING)

        for other in (new_id(), of_other_page.pk, of_stranger.pk, "", "before", "\0", "é" * 40):
            response = self.client.get(self.url(self.first), {"with": str(other)})
            assert response.status_code == HTTPStatus.NOT_FOUND

    def test_a_stranger_finds_nothing(self) -> None:
        self.client.force_login(make_user(email="other@example.org"))

        for query in ({}, {"with": str(self.second.pk)}):
            assert self.client.get(self.url(self.first), query).status_code == HTTPStatus.NOT_FOUND

    def test_visitors_are_sent_to_sign_in(self) -> None:
        self.client.logout()

        response = self.client.get(self.url(self.first), {"with": str(self.second.pk)})

        assert response.status_code == HTTPStatus.FOUND
        assert response["Location"].startswith("/accounts/login/")

    def test_costs_the_same_however_many_were_kept(self) -> None:
        for days in range(20):
            write_on(self.author, self.page, f"Text {days}.", at=timezone.now() + days * DAY)
        kept = Revision.objects.newest_first()[3]

        with self.assertNumQueries(4):  # session, person with their key, revision with its entry, the one before it
            self.client.get(self.url(kept))
        with self.assertNumQueries(5):  # and the one it is compared with
            self.client.get(self.url(kept), {"with": str(self.first.pk)})


class KeptTextTests(JournalCase):
    page: Entry
    first: Revision

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.page = make_entry(cls.author, text="As it was.", feeling="heavy")
        revisions.keep_done(cls.author, cls.page, EVENING)
        fields = page_fields(cls.author, entry=cls.page.pk, base=1, text="As it is.", action="close:done")
        signed_in(cls.author).post(reverse("journal:entry_edit", args=[cls.page.pk]), fields)
        cls.first = Revision.objects.get(version=1)

    def test_lists_every_kept_text(self) -> None:
        links = self.read(reverse("journal:history", args=[self.page.pk])).select("main .ways-on a")

        assert len(links) == 3

    def test_shows_an_earlier_text(self) -> None:
        page = self.read(reverse("journal:revision", args=[self.page.pk, self.first.pk]))

        assert "As it was." in page.get_text()
        assert "Heavy" in page.get_text()

    def test_brings_an_earlier_text_back_and_keeps_the_present_one(self) -> None:
        url = reverse("journal:revision_restore", args=[self.page.pk, self.first.pk])

        for _ in range(2):
            self.assertRedirects(self.client.post(url), self.page.get_absolute_url())

        entry = Entry.objects.get()
        assert (entry.content.text, entry.summary.feeling, entry.version) == ("As it was.", "heavy", 3)
        assert "As it is." in {revision.content.text for revision in Revision.objects.all()}

    def test_strangers_find_nothing_under_an_entry_of_their_own(self) -> None:
        other = make_user(email="other@example.org")
        theirs = make_entry(other)
        self.client.force_login(other)

        assert self.client.get(reverse("journal:revision", args=[theirs.pk, self.first.pk])).status_code == HTTPStatus.NOT_FOUND
        assert self.client.post(reverse("journal:revision_restore", args=[theirs.pk, self.first.pk])).status_code == HTTPStatus.NOT_FOUND

    def test_costs_the_same_however_many_were_kept(self) -> None:
        url, page = reverse("journal:history", args=[self.page.pk]), new_id()
        for seq in range(10, 40):
            draft = make_draft(entry_id=self.page.pk, page=page, seq=seq, base=2, text=f"Save {seq}.")
            submit(self.author, draft, None, EVENING + 6 * seq * MINUTE)
        assert Revision.objects.count() > 30

        with self.assertNumQueries(4):  # session, person, entry, revisions; nothing sealed is opened
            self.client.get(url)
