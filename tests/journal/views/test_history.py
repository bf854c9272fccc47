"""/journal/<id>/history/: what is listed there, and how a kept text is told apart from another."""

import datetime as dt
import uuid
from http import HTTPStatus
from typing import Any

import time_machine
from bs4.element import Tag
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from common.ids import new_id
from journal.entries.submission import submit
from journal.history import revisions
from journal.models import Entry, Revision, RevisionContent
from tests.factories import make_draft, make_entry, make_user, page_fields
from tests.helpers import DAY, EVENING, parsed
from tests.journal.cases import JournalCase


def go_on(author: User, entry: Entry, text: str, *, at: dt.datetime, feeling: str = "", question: str = "") -> Revision:
    """Write another text on the entry, and give the one that was kept of the text before it."""
    kept = Entry.objects.get(pk=entry.pk)
    revisions.keep(kept, Revision.Kind.EARLIER, at)
    kept.save()
    conflict_copy = Revision(content=RevisionContent(text=text, feeling=feeling, question=question), entry=kept)
    with time_machine.travel(at, tick=False):
        revisions.restore(author, conflict_copy, at)
    return Revision.objects.filter(entry=entry).newest_first().exclude(kind="conflict")[0]


@time_machine.travel(EVENING, tick=False)
class PastCase(TestCase):
    author: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.author = make_user()

    def setUp(self) -> None:
        self.client.force_login(self.author)

    def read(self, url: str, **query: Any) -> Tag:
        response = self.client.get(url, query)
        assert response.status_code == HTTPStatus.OK
        main = parsed(response).main
        assert main is not None
        return main


class HistoryTests(PastCase):
    def listing(self, entry: Entry) -> Tag:
        return self.read(reverse("journal:history", args=[entry.pk]))

    def test_says_that_nothing_earlier_is_there_yet(self) -> None:
        page = self.listing(make_entry(self.author))

        assert "No earlier texts yet" in page.get_text()
        assert "As it is now" in page.get_text()

    def test_counts_one_and_many(self) -> None:
        entry = make_entry(self.author, text="One.", now=EVENING - DAY)
        go_on(self.author, entry, "Two.", at=EVENING)
        assert "1 earlier text" in self.listing(entry).stripped_strings

        go_on(self.author, entry, "Three.", at=EVENING)
        assert "2 earlier texts" in self.listing(entry).stripped_strings

    def test_lists_under_the_evenings_they_were_written_on(self) -> None:
        """Half past one belongs to the evening before."""
        entry = make_entry(self.author, text="One.", now=EVENING - 3 * DAY)
        go_on(self.author, entry, "Two.", at=EVENING - DAY)
        go_on(self.author, entry, "Three.", at=dt.datetime(2026, 3, 1, 1, 30, tzinfo=dt.UTC))
        go_on(self.author, entry, "Four.", at=EVENING)

        page = self.listing(entry)

        assert [h.get_text() for h in page.select("h2.month")] == ["Saturday, 28 February", "Thursday, 26 February"]
        assert [time.get_text() for time in page.select(".month + ul span:first-child")] == ["01:30", "21:04", "21:04"]

    def test_states_what_is_kept_for_how_long(self) -> None:
        said = self.listing(make_entry(self.author)).get_text()

        for rule in ("at most one in five minutes", "stay for a day", "last of each hour", "a week", "last text of that evening"):
            assert rule in said


class RevisionTests(PastCase):
    def setUp(self) -> None:
        super().setUp()
        self.page = make_entry(self.author, text="We ate soup.\n\nThen bed.", feeling="heavy", now=EVENING - 2 * DAY)
        self.first = go_on(self.author, self.page, "We ate cold soup.\n\nThen bed.", feeling="heavy", at=EVENING - DAY)
        self.second = go_on(self.author, self.page, "We ate cold soup.", feeling="light", at=EVENING)

    def url(self, revision: Revision) -> str:
        return reverse("journal:revision", args=[self.page.pk, revision.pk])

    def marked(self, page: Tag, name: str) -> list[str]:
        return [mark.get_text().strip() for mark in page.select(f"#differences {name}")]

    def test_shows_what_is_different_from_the_page_now(self) -> None:
        page = self.read(self.url(self.first))

        assert "What is different from the page now" in page.get_text()
        assert self.marked(page, "ins") == ["added: Light", "added: cold"]
        assert self.marked(page, "del") == ["taken out: Heavy", "taken out: \n\nThen bed."]

    def test_says_so_where_nothing_is_different(self) -> None:
        revisions.keep_done(self.author, self.page, EVENING)

        page = self.read(self.url(Revision.objects.get(kind="done")))

        assert "There is no difference" in page.get_text()
        assert not page.select("ins, del")

    def test_says_so_where_only_the_feeling_changed(self) -> None:
        third = go_on(self.author, self.page, "We ate cold soup.", feeling="bright", at=EVENING + DAY)

        page = self.read(self.url(third))

        assert (self.marked(page, "del"), self.marked(page, "ins")) == (["taken out: Light"], ["added: Bright"])
        assert "The words are the same." in page.get_text()

    def test_says_so_where_the_question_changed(self) -> None:
        third = go_on(self.author, self.page, "We ate.", feeling="light", question="What now?", at=EVENING + DAY)

        assert self.marked(self.read(self.url(third)), "ins") == ["added: What now?"]

    def test_leads_to_the_text_before_it_and_back(self) -> None:
        way = self.read(self.url(self.second)).select_one("#differences a")
        assert way is not None

        page = self.read(self.url(self.second).split("?")[0] + str(way["href"]))

        assert (self.marked(page, "ins"), self.marked(page, "del")) == (["added: cold"], [])
        back = page.select_one("#differences a")
        assert back is not None
        assert str(back["href"]) == self.url(self.second) + "#differences"

    def test_the_first_has_no_text_before_it(self) -> None:
        assert not self.read(self.url(self.first)).select("#differences a")

    def test_the_earlier_text_comes_first_whichever_was_asked_for(self) -> None:
        one, other = (
            self.read(self.url(shown), **{"with": named.pk}).select_one(".comparison")
            for shown, named in ((self.first, self.second), (self.second, self.first))
        )

        assert one == other

    def test_a_text_that_was_set_aside_is_compared_but_was_never_the_one_before(self) -> None:
        entry = Entry.objects.get()
        content = RevisionContent(text="From the train.")
        conflict_copy = revisions.keep_conflict_copy(entry, uuid.uuid4(), 1, 1, content, EVENING - DAY / 2)

        assert "From the train." in self.read(self.url(conflict_copy)).get_text()
        way = self.read(self.url(self.second)).select_one("#differences a")
        assert way is not None
        assert str(self.first.pk) in str(way["href"])

    def test_folds_what_is_far_from_a_change(self) -> None:
        lines = "\n".join(f"Line {n}, which is long enough to be worth folding away." for n in range(40))
        go_on(self.author, self.page, f"Top.\n{lines}", at=EVENING + DAY)
        kept = go_on(self.author, self.page, f"New top.\n{lines}", at=EVENING + 2 * DAY)

        page = self.read(self.url(kept))

        summary = page.select_one("#differences summary")
        assert summary is not None
        assert summary.get_text() == "… 38 lines unchanged …"

    def test_shows_the_end_of_a_line_by_a_sign(self) -> None:
        go_on(self.author, self.page, "One. Two.", at=EVENING + DAY)
        kept = go_on(self.author, self.page, "One.\nTwo.", at=EVENING + 2 * DAY)

        assert self.marked(self.read(self.url(kept)), "ins") == ["added: ¶a line break"]

    def test_what_was_written_is_text_and_never_markup(self) -> None:
        kept = go_on(self.author, self.page, "<b>bold</b> &amp; <script>1</script>", at=EVENING + DAY)

        comparison = self.read(self.url(kept)).select_one(".comparison")

        assert comparison is not None
        assert not comparison.select("b, script")
        assert "<b>bold</b> &amp; <script>1</script>" in comparison.get_text()

    def test_knows_no_other_texts(self) -> None:
        mine = make_entry(self.author, night=dt.date(2026, 1, 1), kind=Entry.Kind.FREE)
        elsewhere = go_on(self.author, mine, "Another page.", at=EVENING)
        other = make_user(email="other@example.org")
        theirs = go_on(other, make_entry(other), "Theirs.", at=EVENING)

        for named in (new_id(), elsewhere.pk, theirs.pk, "", "before", "\0", "é" * 40):
            response = self.client.get(self.url(self.first), {"with": str(named)})
            assert response.status_code == HTTPStatus.NOT_FOUND

    def test_a_stranger_finds_nothing(self) -> None:
        self.client.force_login(make_user(email="other@example.org"))

        for query in ({}, {"with": str(self.second.pk)}):
            assert self.client.get(self.url(self.first), query).status_code == HTTPStatus.NOT_FOUND

    def test_nobody_is_asked_to_sign_in(self) -> None:
        self.client.logout()

        response = self.client.get(self.url(self.first), {"with": str(self.second.pk)})

        assert response.status_code == HTTPStatus.FOUND
        assert response["Location"].startswith("/accounts/login/")

    def test_costs_the_same_however_many_were_kept(self) -> None:
        for n in range(20):
            go_on(self.author, self.page, f"Text {n}.", at=timezone.now() + n * DAY)
        kept = Revision.objects.newest_first()[3]

        with self.assertNumQueries(5):  # session, person, revision with its entry, the one before it, key
            self.client.get(self.url(kept))
        with self.assertNumQueries(6):  # and the one it is compared with
            self.client.get(self.url(kept), {"with": str(self.first.pk)})


class KeptTextTests(JournalCase):
    def setUp(self) -> None:
        super().setUp()
        self.page = self.entry(text="As it was.", feeling="heavy")
        revisions.keep_done(self.author, self.page, EVENING)
        fields = page_fields(self.author, entry=self.page.pk, base=1, text="As it is.")
        self.client.post(reverse("journal:entry_edit", args=[self.page.pk]), fields)
        self.first = Revision.objects.get(version=1)

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
            submit(self.author, draft, None, EVENING + dt.timedelta(minutes=6 * seq))
        assert Revision.objects.count() > 30

        with self.assertNumQueries(4):  # session, person, entry, revisions; nothing sealed is opened
            self.client.get(url)
