"""Jobs: done once, stoppable, begun anew after a killed worker, and telling their owner why they failed."""

import datetime as dt
import logging
from types import ModuleType
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone, translation
from django_tasks_db.models import DBTaskResult

from accounts.models import User
from journal import jobs
from journal.jobs import Progress
from journal.models import Job
from tests.factories import make_user

pytestmark = pytest.mark.django_db

KIND = Job.Kind.EXPORT


@pytest.fixture
def owner() -> User:
    return make_user(language="es")


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was worked on: the values of each request."""
    did: list[Any] = []

    def do(job: Job, progress: Progress) -> dict[str, Any]:
        progress.begin(3)
        for _ in range(3):
            progress.advance()
        did.append(job.request.values)
        return {"language": translation.get_language()}

    monkeypatch.setitem(jobs._works, KIND, do)
    return did


def doing(monkeypatch: pytest.MonkeyPatch, function: Any) -> None:
    monkeypatch.setitem(jobs._works, KIND, function)


def again(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


class DoingTests:
    def test_a_job_is_done_in_its_owners_language_and_reports(self, owner: User, done: list[Any], worker: ModuleType) -> None:
        job = jobs.start(owner, KIND, {"what": "all"})
        assert (job.state, done) == (Job.State.WAITING, [])

        assert worker.run_waiting() == 1

        job = again(job)
        assert done == [{"what": "all"}]
        assert (job.state, job.done, job.total, job.left, job.report.values) == (Job.State.DONE, 3, 3, 0, {"language": "es"})
        assert job.ended_at
        assert job.started_at
        assert not DBTaskResult.objects.exists(), "what is done leaves nothing in the queue"

    def test_a_task_that_is_queued_several_times_is_done_once(self, owner: User, done: list[Any], worker: ModuleType) -> None:
        job = jobs.start(owner, KIND, {})
        jobs.run.enqueue(str(job.pk))
        jobs.run.enqueue(str(job.pk))
        assert worker.run_waiting() == 3
        assert len(done) == 1

    def test_a_person_has_one_of_a_kind_at_a_time(self, owner: User, done: list[Any], worker: ModuleType) -> None:
        first = jobs.start(owner, KIND, {"n": 1})
        assert jobs.start(owner, KIND, {"n": 2}) == first
        assert jobs.start(make_user(email="other@example.org"), KIND, {"n": 3}) != first
        worker.run_waiting()
        assert jobs.start(owner, KIND, {"n": 4}) != first
        assert done == [{"n": 1}, {"n": 3}]

    def test_the_queue_and_the_row_hold_nothing_of_what_is_asked(self, owner: User, done: list[Any]) -> None:
        jobs.start(owner, KIND, {"title": "The heron"})
        with connection.cursor() as cursor:
            for table in ("journal_job", DBTaskResult._meta.db_table):
                cursor.execute(f"select * from {table}")  # noqa: S608
                assert not any(
                    b"heron" in bytes(value) for row in cursor.fetchall() for value in row if isinstance(value, bytes | memoryview)
                )
                cursor.execute(f"select * from {table}")  # noqa: S608
                assert "heron" not in str(cursor.fetchall())


class FailingTests:
    def test_says_why_in_words_for_its_owner(self, owner: User, worker: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(job: Job, progress: Progress) -> dict[str, Any]:
            raise jobs.Failed("El archivo está vacío.")

        doing(monkeypatch, fail)
        job = jobs.start(owner, KIND, {})
        worker.run_waiting()
        assert (again(job).state, again(job).report.problem) == (Job.State.FAILED, "El archivo está vacío.")

    def test_an_accident_is_logged_without_its_words(
        self, owner: User, worker: ModuleType, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        def fail(job: Job, progress: Progress) -> dict[str, Any]:
            raise ValueError("the heron came back")

        doing(monkeypatch, fail)
        job = jobs.start(owner, KIND, {})
        with caplog.at_level(logging.INFO):
            worker.run_waiting()
        assert again(job).state == Job.State.FAILED
        assert again(job).report.problem
        assert "A job of the kind export failed" in caplog.messages
        assert not any("heron" in message for message in caplog.messages)
        assert not DBTaskResult.objects.exists()

    def test_the_job_of_somebody_who_left_ends_without_a_word(
        self, owner: User, worker: ModuleType, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        def leave(job: Job, progress: Progress) -> dict[str, Any]:
            User.objects.get(pk=job.owner_id).delete()
            progress.begin(1)
            return {}

        doing(monkeypatch, leave)
        jobs.start(owner, KIND, {})
        worker.run_waiting()
        assert not Job.objects.exists()
        assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


class StoppingTests:
    def test_what_waits_is_stopped_at_once(self, owner: User, done: list[Any], worker: ModuleType) -> None:
        job = jobs.start(owner, KIND, {})
        jobs.stop(job)
        assert job.state == Job.State.STOPPED
        worker.run_waiting()
        assert done == []
        jobs.stop(job)
        assert again(job).state == Job.State.STOPPED

    def test_what_runs_stops_when_it_next_says_how_far_it_is(
        self, owner: User, worker: ModuleType, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        reached = []

        def stopped(job: Job, progress: Progress) -> dict[str, Any]:
            progress.begin(2)
            jobs.stop(Job.objects.get(pk=job.pk))
            progress._written_at = 0
            progress.advance()
            reached.append("further")
            return {}

        doing(monkeypatch, stopped)
        job = jobs.start(owner, KIND, {})
        worker.run_waiting()
        assert (again(job).state, reached) == (Job.State.STOPPED, [])

    def test_what_is_over_stays_as_it_ended(self, owner: User, done: list[Any], worker: ModuleType) -> None:
        job = jobs.start(owner, KIND, {})
        worker.run_waiting()
        jobs.stop(job)
        assert (job.state, job.is_stopping) == (Job.State.DONE, False)


class LostWorkersTests:
    def test_is_done_anew_after_a_minute_of_silence_and_given_up_at_last(
        self, owner: User, worker: ModuleType, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Killed(BaseException):
            pass

        def die(job: Job, progress: Progress) -> dict[str, Any]:
            raise Killed

        doing(monkeypatch, die)
        monkeypatch.setattr(jobs, "put_back", lambda _job: None)  # a killed worker says nothing
        job = jobs.start(owner, KIND, {})
        now = timezone.now()
        for attempt in range(1, jobs.MOST_ATTEMPTS + 1):
            worker.run_waiting()
            assert (again(job).state, again(job).attempts) == (Job.State.RUNNING, attempt)
            assert jobs.queue_lost(now) == 0, "it may still live"
            jobs.queue_lost(now + dt.timedelta(minutes=2))
        assert (again(job).state, again(job).attempts) == (Job.State.FAILED, jobs.MOST_ATTEMPTS)
        assert again(job).report.problem

    def test_a_worker_that_is_told_to_end_puts_it_back(self, owner: User, worker: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
        def end(job: Job, progress: Progress) -> dict[str, Any]:
            worker._ending.set()
            raise worker.Ended

        doing(monkeypatch, end)
        job = jobs.start(owner, KIND, {})
        with pytest.raises(worker.Ended):
            worker.run_waiting()
        worker._ending.clear()
        assert (again(job).state, again(job).attempts) == (Job.State.WAITING, 0)

        doing(monkeypatch, lambda *_: {"done": True})
        worker.run_waiting()
        assert again(job).report.values == {"done": True}

    def test_a_worker_that_was_taken_for_lost_changes_nothing(
        self, owner: User, worker: ModuleType, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def slow(job: Job, progress: Progress) -> dict[str, Any]:
            assert jobs.queue_lost(timezone.now() + dt.timedelta(minutes=2)) == 1
            doing(monkeypatch, lambda *_: {"by": "the second"})
            return {"by": "the first"}

        doing(monkeypatch, slow)
        job = jobs.start(owner, KIND, {})
        worker.run_waiting()
        assert again(job).report.values == {"by": "the second"}


def test_what_ended_is_forgotten_after_a_week(owner: User, done: list[Any], worker: ModuleType) -> None:
    job = jobs.start(owner, KIND, {})
    worker.run_waiting()
    jobs.forget_ended(timezone.now() + dt.timedelta(days=6))
    assert again(job)
    jobs.forget_ended(timezone.now() + dt.timedelta(days=8))
    assert not Job.objects.exists()


def test_the_command_does_what_waits_and_says_how_much(
    owner: User, done: list[Any], worker: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    jobs.start(owner, KIND, {})
    call_command("worker", "--once")
    call_command("worker", "--once")
    assert capsys.readouterr().out.splitlines() == ["Done: 1.", "Nothing was waiting."]
