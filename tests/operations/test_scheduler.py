"""operations.scheduler: when each of the clock's tasks is due, and that one process does it."""

import datetime as dt
import signal
import threading
from unittest import mock

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection
from django.test import TestCase, TransactionTestCase
from django.utils import timezone

from accounts.models import User
from journal.entries import trash
from journal.models import Entry, Revision, RevisionContent
from operations import scheduler
from operations.backup.archive import BackupError
from operations.models import ScheduledTask
from operations.scheduler import FIRST_DELAY, LONGEST_WAIT, RETRY_DELAY, SHORTEST_WAIT, Task
from operations.server import clock
from tests.factories import make_entry, make_user
from tests.helpers import DAY, HOUR, MINUTE, run

NOW = dt.datetime(2026, 3, 1, 20, tzinfo=dt.UTC)


class RecordingClock:
    """A clock whose tasks only remember when they were done; those in `failing` raise instead."""

    def __init__(self) -> None:
        self.done: list[tuple[str, dt.datetime]] = []
        self.failing: dict[str, BaseException] = {}
        self.tasks: tuple[Task, ...] = (self.task("hourly", HOUR), self.task("daily", DAY))

    def task(self, name: str, every: dt.timedelta) -> Task:
        def do(now: dt.datetime) -> None:
            if name in self.failing:
                raise self.failing[name]
            self.done.append((name, now))

        return Task(name, every, do)

    def run(self, now: dt.datetime) -> list[str]:
        return scheduler.run_due(now, self.tasks)


class DueTests(TestCase):
    def setUp(self) -> None:
        self.clock = RecordingClock()
        assert self.clock.run(NOW - FIRST_DELAY) == []

    def due(self, name: str) -> dt.datetime:
        return ScheduledTask.objects.get(name=name).due_at

    def test_leaves_a_new_installations_first_minute_alone(self) -> None:
        assert self.clock.run(NOW - dt.timedelta(seconds=1)) == []
        assert self.clock.run(NOW) == ["hourly", "daily"]

    def test_does_each_at_its_interval(self) -> None:
        for minutes in range(0, 25 * 60, 20):
            self.clock.run(NOW + minutes * MINUTE)

        assert [now for name, now in self.clock.done if name == "hourly"] == [NOW + n * HOUR for n in range(25)]
        assert [now for name, now in self.clock.done if name == "daily"] == [NOW, NOW + DAY]

    def test_makes_up_once_for_a_long_sleep(self) -> None:
        self.clock.run(NOW)

        assert self.clock.run(NOW + 90 * DAY) == ["hourly", "daily"]
        assert self.clock.run(NOW + 90 * DAY + MINUTE) == []

    def test_remembers_when_each_was_done(self) -> None:
        self.clock.failing["daily"] = ValueError()

        with self.assertLogs("nightlight.scheduler"):
            self.clock.run(NOW)

        assert dict(ScheduledTask.objects.values_list("name", "done_at")) == {"hourly": NOW, "daily": None}

    def test_is_done_by_the_one_who_claims_it(self) -> None:
        def another(now: dt.datetime) -> None:
            assert self.clock.run(now) == ["daily"]  # what the first has not come to yet

        first = (Task("hourly", HOUR, another), self.clock.tasks[1])

        assert scheduler.run_due(NOW, first) == ["hourly"]
        assert self.clock.done == [("daily", NOW)]

    def test_goes_on_after_one_that_fails_and_tries_it_again_soon(self) -> None:
        self.clock.failing["hourly"] = ValueError("what somebody wrote")

        with self.assertLogs("nightlight.scheduler") as logged:
            assert self.clock.run(NOW) == ["daily"]

        assert [record.getMessage() for record in logged.records] == ["The task hourly failed and is due again in ten minutes."]
        del self.clock.failing["hourly"]
        assert self.clock.run(NOW + RETRY_DELAY - MINUTE) == []
        assert self.clock.run(NOW + RETRY_DELAY) == ["hourly"]

    def test_says_why_where_the_reason_is_the_operators(self) -> None:
        self.clock.failing = {"hourly": PermissionError(13, "Permission denied", "/a/file"), "daily": BackupError("Set this.")}

        with self.assertLogs("nightlight.scheduler") as logged:
            self.clock.run(NOW)

        assert [record.getMessage().split("minutes.")[1] for record in logged.records] == [" Permission denied.", " Set this."]

    def test_one_that_is_interrupted_is_taken_up_again_soon(self) -> None:
        self.clock.failing["daily"] = KeyboardInterrupt()

        with pytest.raises(KeyboardInterrupt):
            self.clock.run(NOW)

        assert self.due("daily") == NOW + RETRY_DELAY

    def test_is_not_held_up_by_a_machine_whose_clock_was_years_ahead(self) -> None:
        self.clock.run(NOW + 3650 * DAY)

        assert self.clock.run(NOW) == ["hourly", "daily"]
        assert self.due("daily") == NOW + DAY

    def test_takes_up_a_task_that_a_new_version_brings(self) -> None:
        self.clock.run(NOW)
        self.clock.tasks += (self.clock.task("weekly", 7 * DAY),)

        assert self.clock.run(NOW + MINUTE) == []
        assert self.clock.run(NOW + MINUTE + FIRST_DELAY) == ["weekly"]


class NextTests(TestCase):
    """When the clock of `manage.py start` has to look again: until then it is no process."""

    def setUp(self) -> None:
        self.clock = RecordingClock()
        self.clock.run(NOW - FIRST_DELAY)

    def next(self, now: dt.datetime) -> dt.datetime:
        return scheduler.next_due(now, self.clock.tasks)

    def test_is_when_the_first_task_is_due(self) -> None:
        assert self.next(NOW - FIRST_DELAY) == NOW
        self.clock.run(NOW)
        assert self.next(NOW + HOUR - 5 * MINUTE) == NOW + HOUR

    def test_is_never_far_away(self) -> None:
        self.clock.run(NOW)

        assert self.next(NOW) == NOW + LONGEST_WAIT

    def test_is_not_at_once_either(self) -> None:
        assert self.next(NOW + DAY) == NOW + DAY + SHORTEST_WAIT

    def test_leaves_out_what_another_version_does(self) -> None:
        self.clock.run(NOW)
        ScheduledTask.objects.create(name="of another version", due_at=NOW + MINUTE)

        assert self.next(NOW) == NOW + LONGEST_WAIT

    def test_comes_soon_after_a_task_has_failed(self) -> None:
        self.clock.failing["hourly"] = ValueError()
        with self.assertLogs("nightlight.scheduler"):
            self.clock.run(NOW)

        assert self.next(NOW + 5 * MINUTE) == NOW + RETRY_DELAY


@mock.patch("signal.signal")
@mock.patch.object(scheduler, "connections")
class RecurringClockTests(TestCase):
    """operations.server.clock."""

    def run_with(self, error: BaseException) -> float:
        with mock.patch.object(scheduler, "run_due", side_effect=error):
            return clock.run()

    def test_does_what_is_due_and_says_when_the_next_is(self, connections: mock.Mock, handlers: mock.Mock) -> None:
        done = RecordingClock()
        ScheduledTask.objects.bulk_create(ScheduledTask(name=task.name, due_at=NOW) for task in done.tasks)
        begun = timezone.now()

        with (
            mock.patch.object(scheduler.run_due, "__defaults__", (done.tasks,)),
            mock.patch.object(scheduler.next_due, "__defaults__", (done.tasks,)),
        ):
            due = clock.run()

        assert [name for name, _now in done.done] == ["hourly", "daily"]
        assert LONGEST_WAIT.total_seconds() <= due - begun.timestamp() < LONGEST_WAIT.total_seconds() + 60
        connections.close_all.assert_called_once_with()

    def test_outlives_a_database_that_goes_away(self, connections: mock.Mock, handlers: mock.Mock) -> None:
        begun = timezone.now()

        with self.assertLogs("nightlight.scheduler") as logged:
            due = self.run_with(OperationalError("server at secret.example closed"))

        assert due - begun.timestamp() >= SHORTEST_WAIT.total_seconds()
        assert [record.getMessage() for record in logged.records] == [
            "The clock cannot use the database (OperationalError) and tries again in 30 s."
        ]
        connections.close_all.assert_called_once_with()

    def test_that_is_stopped_ends_without_a_word(self, connections: mock.Mock, handlers: mock.Mock) -> None:
        with pytest.raises(SystemExit):
            self.run_with(KeyboardInterrupt())

        assert {call.args[0] for call in handlers.call_args_list} == {signal.SIGTERM, signal.SIGINT}


@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs several connections that write at once: make test-postgres")
class TwoClocksTests(TransactionTestCase):
    def test_share_the_tasks_without_doing_any_twice(self) -> None:
        clock, barrier, done = RecordingClock(), threading.Barrier(4), list[str]()
        clock.run(NOW - FIRST_DELAY)

        def one_clock() -> None:
            barrier.wait(10)
            done.extend(clock.run(NOW))
            connection.close()

        threads = [threading.Thread(target=one_clock) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)

        assert sorted(done) == ["daily", "hourly"]
        assert len(clock.done) == 2


class TrashTests(TestCase):
    author: User
    tasks: list[Task]

    @classmethod
    def setUpTestData(cls) -> None:
        cls.author = make_user()
        for days in range(3):
            entry = make_entry(cls.author, kind=Entry.Kind.FREE, now=NOW)
            trash.delete(cls.author, entry, NOW + days * DAY)
        make_entry(cls.author, now=NOW)
        cls.tasks = [task for task in scheduler.TASKS if task.name == "trash"]
        scheduler.run_due(NOW - HOUR, cls.tasks)

    def test_is_emptied_by_the_clock_after_thirty_days_and_not_before(self) -> None:
        scheduler.run_due(NOW + 30 * DAY - dt.timedelta(seconds=1), self.tasks)
        assert Entry.objects.count() == 4

        scheduler.run_due(NOW + 30 * DAY + HOUR, self.tasks)
        assert Entry.objects.count() == 3
        assert Entry.objects.filter(deleted_at=NOW).exists() is False

    def test_takes_an_entrys_history_along(self) -> None:
        entry = Entry.objects.get(deleted_at=NOW)
        Revision.objects.create(
            entry=entry, author=self.author, version=1, page=entry.page, seq=1, saved_at=NOW, content=RevisionContent("Away.")
        )

        assert trash.empty(NOW + 30 * DAY) == 1
        assert Revision.objects.count() == 0

    def test_is_emptied_a_batch_at_a_time(self) -> None:
        with mock.patch.object(trash, "BATCH", 2):
            assert trash.empty(NOW + 40 * DAY) == 3

        assert [entry.deleted_at for entry in Entry.objects.all()] == [None]


class SessionTests(TestCase):
    def session(self, person: User, *, seconds: int) -> str:
        store = SessionStore()
        store.set_expiry(seconds)
        store.create()
        store.save()
        assert store.session_key is not None
        UserSession.objects.create(user=person, ip="127.0.0.1", user_agent="", session_key=store.session_key)
        return store.session_key

    def test_are_forgotten_once_they_have_run_out(self) -> None:
        person = make_user()
        lasting, over = self.session(person, seconds=600), self.session(person, seconds=-600)

        scheduler.delete_expired_sessions(NOW)

        assert [row.session_key for row in Session.objects.all()] == [lasting]
        assert [row.session_key for row in UserSession.objects.all()] == [lasting]
        assert over != lasting


class CommandTests(TestCase):
    def test_says_what_it_did(self) -> None:
        tasks = RecordingClock().tasks
        ScheduledTask.objects.bulk_create(ScheduledTask(name=task.name, due_at=NOW) for task in tasks)

        with mock.patch.object(scheduler.run_due, "__defaults__", (tasks,)):
            assert run("clock", "--once") == "Done: hourly, daily.\n"
            assert run("clock", "--once") == "Nothing was due.\n"

    def test_outlives_a_database_that_goes_away(self) -> None:
        answers = mock.Mock(side_effect=[OperationalError("server at secret.example closed"), [], KeyboardInterrupt()])

        with (
            mock.patch("signal.signal"),
            mock.patch.multiple(scheduler, run_due=answers, close_old_connections=mock.DEFAULT) as patched,
            self.assertLogs("nightlight.scheduler") as logged,
        ):
            run("clock", "--every", "0")

        assert (answers.call_count, patched["close_old_connections"].call_count) == (3, 3)
        assert [record.getMessage() for record in logged.records] == [
            "The clock cannot use the database (OperationalError) and tries again in 0 s."
        ]

    def test_has_a_task_for_each_promise(self) -> None:
        assert {task.name: task.every for task in scheduler.TASKS} == {
            "trash": HOUR,
            "notes": DAY,
            "revisions": 6 * HOUR,
            "rendering": HOUR / 12,
            "search": HOUR / 12,
            "backup": HOUR,
            "messages": HOUR / 12,
            "files": HOUR,
            "jobs": HOUR,
            "leaving": HOUR,
            "sessions": DAY,
            "erasure": HOUR / 6,
        }
