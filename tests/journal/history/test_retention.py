"""`journal.history.retention`: which revisions are deleted as they grow old, and which never are."""

import datetime as dt
import itertools
import uuid
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from common.nights import night_of
from journal.history import retention, revisions
from journal.history.retention import RevisionInfo, expired
from journal.models import Entry, Revision, RevisionContent
from tests.factories import make_entry, make_user
from tests.helpers import DAY, HOUR, MINUTE

NOW = dt.datetime(2026, 3, 1, 21, tzinfo=dt.UTC)
UTC = ZoneInfo("UTC")
# With the hours that clocks show twice or not at all, and quarters of an hour.
zones = st.sampled_from([UTC, *map(ZoneInfo, ["Europe/Stockholm", "Australia/Lord_Howe", "Asia/Kathmandu", "America/New_York"])])
moments = st.datetimes(dt.datetime(2026, 2, 10), dt.datetime(2026, 3, 31), timezones=st.just(dt.UTC))  # noqa: DTZ001
kinds = st.sampled_from([*Revision.Kind.values, "earlier", "earlier"])


@st.composite
def histories(draw: st.DrawFn) -> list[RevisionInfo]:
    """The revisions of one entry, saved in a few sittings; versions rise with time, as they do in an entry."""
    sittings = draw(st.lists(moments, min_size=1, max_size=5))
    minutes = st.lists(st.integers(0, 400), max_size=8)
    saved_at = sorted({sitting + minute * MINUTE for sitting in sittings for minute in draw(minutes)})
    return [RevisionInfo(uuid.uuid4(), draw(kinds), moment, version) for version, moment in enumerate(saved_at, start=1)]


def rule(zone: ZoneInfo, ends_at: int = 4) -> Any:
    """The arguments of `expired` for an author in this zone, whose night ends at this hour."""
    return {"zone": zone, "evening_of": partial(night_of, zone=zone, ends_at=ends_at)}


def after(kept: list[RevisionInfo], now: dt.datetime, zone: ZoneInfo) -> list[RevisionInfo]:
    """Those that are left after pruning."""
    dropped = expired(kept, now, **rule(zone))
    return [each for each in kept if each.id not in dropped]


class RuleTests:
    @given(kept=histories(), now=moments, zone=zones)
    def test_never_drops_what_has_to_stay(self, kept: list[RevisionInfo], now: dt.datetime, zone: ZoneInfo) -> None:
        dropped = expired(kept, now, **rule(zone))
        history = [each for each in kept if each.kind != "conflict"]
        last_of_evening = {night_of(each.saved_at, zone, 4): each.id for each in history}

        assert all(each.kind == "earlier" and now - each.saved_at >= DAY for each in kept if each.id in dropped)
        assert not dropped & {*last_of_evening.values(), *(each.id for each in kept[-1:]), *(each.id for each in history[-1:])}

    @given(kept=histories(), now=moments, zone=zones)
    def test_the_last_of_each_hour_stays_for_a_week(self, kept: list[RevisionInfo], now: dt.datetime, zone: ZoneInfo) -> None:
        left = after(kept, now, zone)

        def hour(moment: dt.datetime) -> tuple[object, ...]:
            local = moment.astimezone(zone)
            return local.date(), local.hour, local.utcoffset()

        recent = [each for each in kept if each.kind != "conflict" and now - each.saved_at < 7 * DAY]
        assert set({hour(each.saved_at): each.id for each in recent}.values()) <= {each.id for each in left}

    @given(kept=histories(), now=moments, zone=zones)
    def test_keeps_one_an_evening_of_what_is_old(self, kept: list[RevisionInfo], now: dt.datetime, zone: ZoneInfo) -> None:
        old = [each for each in after(kept, now, zone) if each.kind == "earlier" and now - each.saved_at >= 7 * DAY]
        evenings = [night_of(each.saved_at, zone, 4) for each in old]

        assert len(evenings) == len(set(evenings))

    @given(kept=histories(), now=moments, zone=zones)
    def test_pruning_twice_is_pruning_once(self, kept: list[RevisionInfo], now: dt.datetime, zone: ZoneInfo) -> None:
        once = after(kept, now, zone)

        assert after(once, now, zone) == once

    @given(kept=histories(), days=st.integers(1, 30), start=moments, zone=zones)
    def test_pruning_each_day_ends_as_pruning_once(self, kept: list[RevisionInfo], days: int, start: dt.datetime, zone: ZoneInfo) -> None:
        end = start + days * DAY
        left: list[RevisionInfo] = []
        before = None
        for day in range(days + 1):
            now = start + day * DAY
            # What was saved since the day before joins what that day's pruning has left.
            left += [each for each in kept if each.saved_at <= now and (before is None or each.saved_at > before)]
            left, before = after(left, now, zone), now

        assert left == after([each for each in kept if each.saved_at <= end], end, zone)

    @given(kept=histories(), now=moments, zone=zones, order=st.randoms(use_true_random=False))
    def test_the_order_they_come_in_does_not_matter(self, kept: list[RevisionInfo], now: dt.datetime, zone: ZoneInfo, order: Any) -> None:
        shuffled = order.sample(kept, len(kept))

        assert expired(shuffled, now, **rule(zone)) == expired(kept, now, **rule(zone))

    def test_an_evening_is_one_in_the_authors_time_zone(self) -> None:
        """Half past midnight belongs to the evening before; noon does not."""
        saved_at = [dt.datetime(2026, 2, 1, 23, 30), dt.datetime(2026, 2, 2, 0, 30), dt.datetime(2026, 2, 2, 12)]  # noqa: DTZ001
        stockholm = ZoneInfo("Europe/Stockholm")
        kept = [RevisionInfo(uuid.uuid4(), "earlier", moment.replace(tzinfo=stockholm), n) for n, moment in enumerate(saved_at)]

        assert expired(kept, NOW, **rule(stockholm)) == {kept[0].id}
        assert expired(kept, NOW, **rule(stockholm, ends_at=0)) == {kept[1].id}

    def test_a_text_that_is_done_stands_for_its_evening(self) -> None:
        evening = NOW - 10 * DAY
        earlier, done = (RevisionInfo(uuid.uuid4(), kind, evening + n * MINUTE, n) for n, kind in enumerate(["earlier", "done"]))
        newest = RevisionInfo(uuid.uuid4(), "earlier", NOW, 3)

        assert expired([earlier, done, newest], NOW, **rule(UTC)) == {earlier.id}

    def test_knows_the_bounds_to_the_second(self) -> None:
        def dropped(age: dt.timedelta) -> bool:
            first, second = NOW - age, NOW - age + MINUTE
            kept = [RevisionInfo(uuid.uuid4(), "earlier", moment, n) for n, moment in enumerate([first, second, NOW])]
            return kept[0].id in expired(kept, NOW, **rule(UTC))

        assert dropped(DAY)
        assert not dropped(DAY - dt.timedelta(seconds=1))

        def hour_dropped(age: dt.timedelta) -> bool:
            first = NOW - age
            kept = [RevisionInfo(uuid.uuid4(), "earlier", moment, n) for n, moment in enumerate([first, first + HOUR, NOW])]
            return kept[0].id in expired(kept, NOW, **rule(UTC))

        assert hour_dropped(7 * DAY)
        assert not hour_dropped(7 * DAY - dt.timedelta(seconds=1))


_versions = itertools.count(1)


def keep(entry: Entry, at: dt.datetime, kind: str = "earlier", text: str = "As it was.") -> uuid.UUID:
    """Store a revision of the entry; returns its id."""
    revision = Revision.objects.create(
        entry=entry,
        author_id=entry.author_id,
        kind=kind,
        version=next(_versions),
        page=uuid.uuid4(),
        seq=1,
        saved_at=at,
        content=RevisionContent(text=text),
    )
    return revision.pk


def stored() -> set[uuid.UUID]:
    return set(Revision.objects.values_list("pk", flat=True))


@pytest.fixture
def author(db: None) -> User:
    return make_user(time_zone="Europe/Stockholm")


@pytest.mark.django_db
class PruneTests:
    def test_drops_by_the_rule_and_says_how_many(self, author: User) -> None:
        entry = make_entry(author, now=NOW)
        evening = NOW - 10 * DAY
        dropped = {keep(entry, evening + n * 6 * MINUTE) for n in range(3)}
        kept = {keep(entry, evening + HOUR, "conflict"), keep(entry, evening + HOUR, "done"), keep(entry, NOW - HOUR), keep(entry, NOW)}

        assert retention.prune(NOW) == len(dropped)
        assert stored() == kept
        assert retention.prune(NOW) == 0

    def test_keeps_people_and_entries_apart(self, author: User) -> None:
        other = make_user(email="far@example.org", time_zone="Pacific/Auckland")
        entries = [make_entry(author, now=NOW), make_entry(other, now=NOW), make_entry(other, now=NOW, night=dt.date(2026, 2, 1))]
        # Three and five in the afternoon UTC: one evening in Stockholm, two in Auckland, where the night ends at four.
        saved_at = [dt.datetime(2026, 2, 1, 14, 30, tzinfo=dt.UTC), dt.datetime(2026, 2, 1, 15, 30, tzinfo=dt.UTC)]
        in_stockholm, in_auckland, in_auckland_too = ([keep(entry, moment) for moment in saved_at] for entry in entries)

        assert retention.prune(NOW) == 1
        assert stored() == {in_stockholm[1], *in_auckland, *in_auckland_too}

    def test_goes_through_any_number_of_entries(self, author: User, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(retention, "ENTRY_BATCH", 2)
        monkeypatch.setattr(retention, "DELETE_BATCH", 3)
        for days in range(5):
            entry = make_entry(author, now=NOW, night=dt.date(2026, 1, 1) + days * DAY)
            for minute in range(5):
                keep(entry, NOW - 20 * DAY + minute * MINUTE)

        assert retention.prune(NOW) == 20
        assert Revision.objects.count() == 5

    def test_loads_nothing_that_is_sealed(self, author: User) -> None:
        entry = make_entry(author, now=NOW)
        for minute in range(5):
            keep(entry, NOW - 20 * DAY + minute * MINUTE)

        with CaptureQueriesContext(connection) as queries:
            retention.prune(NOW)

        assert not [query["sql"] for query in queries if '"content"' in query["sql"] or '"summary"' in query["sql"]]

    def test_costs_next_to_nothing_once_it_is_done(self, author: User) -> None:
        for days in range(30):
            entry = make_entry(author, now=NOW, night=dt.date(2026, 1, 1) + days * DAY)
            keep(entry, NOW - 20 * DAY)
            keep(entry, NOW - 21 * DAY, "done")

        with CaptureQueriesContext(connection) as queries:
            retention.prune(NOW)

        assert len(queries) == 1

    @pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's plan")
    def test_finds_what_is_old_by_an_index(self, author: User) -> None:
        with CaptureQueriesContext(connection) as queries:
            retention.prune(NOW)
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN QUERY PLAN " + queries[0]["sql"])
            plan = " ".join(row[3] for row in cursor.fetchall())

        assert "journal_revision_retention" in plan
        assert "SCAN" not in plan

    def test_what_is_done_meanwhile_stays(self, author: User, monkeypatch: pytest.MonkeyPatch) -> None:
        entry = make_entry(author, now=NOW)
        first, _second = keep(entry, NOW - 10 * DAY), keep(entry, NOW - 10 * DAY + MINUTE)

        def decide(*args: Any) -> set[uuid.UUID]:
            Revision.objects.filter(pk=first).update(kind="done")
            return {first}

        monkeypatch.setattr(retention, "expired", decide)

        assert retention.prune(NOW) == 0
        assert first in stored()

    def test_what_is_left_can_still_be_restored(self, author: User) -> None:
        entry = make_entry(author, now=NOW)
        keep(entry, NOW - 10 * DAY, text="Half.")
        whole = keep(entry, NOW - 10 * DAY + MINUTE, text="Whole.")
        retention.prune(NOW)

        assert revisions.restore(author, Revision.objects.get(pk=whole), NOW).content.text == "Whole."
