"""manage.py load_demo: loads an invented family and their counselor into an empty database, and into no other."""

import datetime as dt
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from django.test import TestCase

from accounts.models import Connection, User
from journal import repairs
from journal.models import Entry, Feeling, Night, RepairState, Revision, Share
from operations.demo.family import PASSWORD
from prompts import questions
from prompts.models import Assignment
from prompts.tonight import DEEP_EVERY
from tests.factories import make_user
from tests.helpers import DAY, refusal, run, signed_in
from tests.journal.exchange.journals import exported, restored, said

NOW = dt.datetime(2026, 11, 20, 20, tzinfo=dt.UTC)
PARENTS = ["mara@example.org", "tomas@example.org"]


def earlier(night: dt.date, *, months: int) -> dt.date:
    """The same day of an earlier month."""
    years, month = divmod(night.month - 1 - months, 12)
    return night.replace(year=night.year + years, month=month + 1)


@pytest.mark.xdist_group("demo")  # a year of nights takes seconds to load: one process does it for all
@time_machine.travel(NOW, tick=False)
class FamilyTests(TestCase):
    output: str

    @classmethod
    def setUpTestData(cls) -> None:
        run("load_prompts", verbosity=0)
        cls.output = run("load_demo")

    def entries(self, email: str) -> list[Entry]:
        """The nights' pages, without those that answer a counselor's questions."""
        return list(Entry.objects.by(User.objects.get(email=email)).filter(kind=Entry.Kind.NIGHT).order_by("night"))

    def test_is_loaded_and_the_command_says_how_to_sign_in(self) -> None:
        assert sorted(User.objects.values_list("email", flat=True)) == ["ines@example.org", *PARENTS]
        for email in ("ines@example.org", *PARENTS):
            assert email in self.output
            assert self.client.login(email=email, password=PASSWORD)
        assert PASSWORD in self.output

    def test_exports_and_says_the_same_in_an_empty_account(self) -> None:
        for email in PARENTS:
            file = exported(User.objects.get(email=email))
            other = User.objects.get(pk=make_user(email=f"new-{email}").pk)
            assert restored(other, file).counts["pages"] > 100
            assert said(exported(other), ids=False) == said(file, ids=False)

    def test_has_a_counselor_who_gave_read_and_replied(self) -> None:
        ines = User.objects.get(email="ines@example.org")
        assert ines.role == "counselor"
        assert [connection.parent_name for connection in Connection.objects.of_counselor(ines).active()] == ["Mara", "Tomas"]
        assert Assignment.objects.of_counselor(ines).count() == 2
        read, unread = Share.objects.exclude(read_at=None), Share.objects.filter(read_at=None)
        assert (read.count(), unread.count()) == (2, 1)
        first = Share.objects.earliest("night")
        assert [reply.from_counselor for reply in first.replies.all()] == [True, False]
        assert first.readings.get().read_at > first.shared_at

    def test_opens_the_pages_of_its_counselor(self) -> None:
        client = signed_in(User.objects.get(email="ines@example.org"))
        for address in (
            "/today/",
            "/accounts/clients/",
            "/journal/shared/",
            "/prompts/sets/",
            "/prompts/assignments/",
            "/accounts/groups/",
        ):
            assert client.get(address).status_code == 200
        self.assertContains(client.get("/prompts/assignments/"), "Before the door closes")
        self.assertContains(client.get("/today/"), "Mara (Every second Thursday)")
        self.assertContains(client.get("/today/"), "Sessions in the next seven days")

    def test_is_loaded_once(self) -> None:
        before = self.ids()

        assert run("load_demo") == self.output

        assert self.ids() == before

    def ids(self) -> list[list[Any]]:
        return [list(model.objects.order_by("pk").values_list("pk", flat=True)) for model in (User, Entry, Night, Revision)]

    def test_has_a_year_of_nights_all_of_them_past(self) -> None:
        for email in PARENTS:
            nights = [entry.night for entry in self.entries(email)]
            assert len(nights) > 150
            assert len(set(nights)) == len(nights)
            assert nights[-1] < dt.date(2026, 11, 20)
            assert nights[-1] - nights[0] > 300 * DAY

    def test_wrote_in_the_evening_of_each_night(self) -> None:
        for entry in Entry.objects.select_related("author"):
            assert entry.author.tonight(entry.saved_at) == entry.night

    def test_answered_questions_of_the_library_that_fit_the_children(self) -> None:
        for email in PARENTS:
            ages = set(User.objects.get(email=email).preferences.ages)
            asked = [questions.prompt(entry.prompt_id) for entry in self.entries(email) if entry.prompt_id]
            assert len(asked) > 50
            for question in asked:
                assert question is not None
                assert not question.opt_in
                assert not question.ages or question.ages & ages, question.slug

    def test_answered_no_question_twice_in_a_year(self) -> None:
        for email in PARENTS:
            asked = [entry.prompt_id for entry in self.entries(email) if entry.prompt_id]
            assert len(set(asked)) == len(asked)

    def test_answered_deep_questions_at_least_four_nights_apart(self) -> None:
        for email in PARENTS:
            deep = [entry.night for entry in self.entries(email) if (question := questions.prompt(entry.prompt_id)) and question.is_deep]
            assert deep
            assert all(later - earlier >= DEEP_EVERY * DAY for earlier, later in pairwise(deep))

    def test_wrote_about_each_of_their_children_and_often(self) -> None:
        for email in PARENTS:
            person = User.objects.get(email=email)
            assert len(person.children.current) == 2
            for child in person.children.current:
                assert child.born
                assert sum(child.id in entry.summary.children for entry in self.entries(email)) > 20

    def test_has_repairs_in_every_state(self) -> None:
        for email in PARENTS:
            person = User.objects.get(email=email)
            listed = list(repairs.listed(person))
            assert {entry.summary.repair for entry in listed} == set(RepairState.values)
            assert all(entry.content.text and entry.summary.guide == repairs.GUIDE for entry in listed)
            assert [entry for entry in listed if entry.summary.mended and dt.date.fromisoformat(entry.summary.mended) > entry.night]
            assert person.has_repairs

    def test_has_something_to_bring_back(self) -> None:
        for email in PARENTS:
            tonight = User.objects.get(email=email).tonight(NOW)
            gentle = {entry.night for entry in self.entries(email) if entry.summary.feeling not in {Feeling.HEAVY, Feeling.STORMY}}
            for wanted in (tonight - 7 * DAY, earlier(tonight, months=1), earlier(tonight, months=6), earlier(tonight, months=12)):
                assert wanted in gentle, (email, wanted)

    def test_kept_every_text_with_its_question(self) -> None:
        for entry in self.entries(PARENTS[0])[:20]:
            question = questions.prompt(entry.prompt_id)
            assert entry.content.text
            assert entry.summary.question == (question.text if question else "")

    def test_opens_its_pages(self) -> None:
        for email in PARENTS:
            client = signed_in(User.objects.get(email=email))
            for url in ("/tonight/", "/journal/", self.entries(email)[0].get_absolute_url()):
                assert client.get(url).status_code == 200


class ExistingPeopleTests(TestCase):
    def test_are_left_alone(self) -> None:
        make_user(email="stranger@example.org")

        assert "this database already has people" in refusal("load_demo")
        assert User.objects.get().email == "stranger@example.org"
        assert not Entry.objects.exists()
