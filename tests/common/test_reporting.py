"""common.reporting: no log and no error page holds what a person wrote."""

import datetime as dt
import io
import logging
import re
import sys
from collections.abc import Callable, Iterator
from http import HTTPStatus
from unittest import mock

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, SimpleTestCase, TestCase, override_settings
from django.urls import get_resolver, reverse
from django.utils import timezone
from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter, technical_500_response

from accounts.models import User
from common.reporting import FramesOnlyFormatter
from journal import content
from journal.entries import saving
from tests.factories import make_user, page_fields
from tests.system.test_access import routes

TEXT = "Tonight the walrus sang about marmalade"
WORDS = ["walrus", "marmalade"]


def words_in(shown: str) -> list[str]:
    """The words of `TEXT` that stand in it."""
    return [word for word in WORDS if word in shown.lower()]


def fail(text: str) -> None:
    raise ValueError(f"not a night: {text}")


def fail_to_save(author: User, draft: saving.Draft, rendered: content.Rendered, now: dt.datetime, *, must_exist: bool = False) -> None:
    fail(draft.text)


def view(request: HttpRequest) -> HttpResponse:
    typed, copy = request.POST["text"], {"text": request.POST["text"]}
    raise RuntimeError(f"{len(typed)} characters in {len(copy)} place")


class FramesOnlyFormatterTests(SimpleTestCase):
    def report(self, error: BaseException) -> str:
        record = logging.LogRecord("nightlight", logging.ERROR, __file__, 1, "It failed", (), (type(error), error, error.__traceback__))
        return FramesOnlyFormatter("{levelname} {message}", style="{").format(record)

    def caught(self, cause: BaseException | None = None) -> BaseException:
        try:
            if cause is not None:
                raise KeyError(TEXT) from cause
            fail(TEXT)
        except (ValueError, KeyError) as error:
            return error
        raise AssertionError

    def test_names_type_and_place_without_the_message(self) -> None:
        report = self.report(self.caught())

        assert report.startswith("ERROR It failed\n")
        assert report.endswith("builtins.ValueError")
        assert f'File "{__file__}"' in report
        assert "in fail" in report
        assert words_in(report) == []

    def test_names_the_cause_without_its_message(self) -> None:
        report = self.report(self.caught(cause=self.caught()))

        assert "because of builtins.ValueError" in report
        assert report.endswith("builtins.KeyError")
        assert words_in(report) == []

    def test_leaves_out_the_message_of_what_was_being_handled(self) -> None:
        error = self.caught()
        error.__context__ = self.caught()

        assert words_in(self.report(error)) == []

    def test_leaves_out_notes_and_grouped_messages(self) -> None:
        error = ExceptionGroup(TEXT, [ValueError(TEXT)])
        error.add_note(TEXT)

        assert words_in(self.report(error)) == []

    def test_takes_a_record_without_an_exception(self) -> None:
        assert FramesOnlyFormatter().formatException((None, None, None)) == ""


class NothingPersonalTests(SimpleTestCase):
    """Django's error page and its plain-text twin, as development and a report by mail would show them."""

    def setUp(self) -> None:
        self.request = RequestFactory().post("/tonight/", {"text": TEXT}, HTTP_ACCEPT="text/html")

    def pages(self) -> str:
        try:
            view(self.request)
        except RuntimeError:
            reporter = ExceptionReporter(self.request, *sys.exc_info())
            as_plain_text = RequestFactory().post("/tonight/", {"text": TEXT}, HTTP_ACCEPT="text/plain")
            shown = [technical_500_response(request, *sys.exc_info()).content.decode() for request in (self.request, as_plain_text)]
            return "\n".join([*shown, reporter.get_traceback_html(), reporter.get_traceback_text()])
        raise AssertionError

    def test_hold_no_word_that_was_posted_or_held_in_a_variable(self) -> None:
        shown = self.pages()

        assert "RuntimeError" in shown
        assert words_in(shown) == []

    @override_settings(DEBUG=True)
    def test_hold_none_in_development_either(self) -> None:
        assert words_in(self.pages()) == []

    @override_settings(DEBUG=True)
    def test_would_hold_them_with_djangos_own_filter(self) -> None:
        self.request.exception_reporter_filter = SafeExceptionReporterFilter()

        assert words_in(self.pages()) == WORDS


class FailingSaveTests(TestCase):
    author: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.author = make_user()

    @pytest.fixture(autouse=True)
    def _log(self) -> Iterator[None]:
        """What the handlers that the settings configure write to the console."""
        self.log = io.StringIO()
        loggers = [logging.getLogger(name) for name in (None, "django", "django.server")]
        consoles = {handler for logger in loggers for handler in logger.handlers if isinstance(handler.formatter, FramesOnlyFormatter)}
        assert consoles
        streams = [(console, console.setStream(self.log)) for console in consoles if isinstance(console, logging.StreamHandler)]
        yield
        for console, stream in streams:
            console.setStream(stream)

    def post(self) -> int:
        self.client.force_login(self.author)
        self.client.raise_request_exception = False
        fields = page_fields(self.author, night=self.author.tonight(timezone.now()), text=TEXT, feeling="stormy")
        return self.client.post(reverse("journal:tonight"), fields).status_code

    def test_is_logged_without_the_text(self) -> None:
        with mock.patch("journal.entries.saving.save", side_effect=fail_to_save):
            assert self.post() == HTTPStatus.INTERNAL_SERVER_ERROR

        assert "Internal Server Error: /tonight/" in self.log.getvalue()
        assert "builtins.ValueError" in self.log.getvalue()
        assert words_in(self.log.getvalue()) == []

    @override_settings(DEBUG=True)
    def test_is_logged_without_the_text_in_development_too(self) -> None:
        with mock.patch("journal.entries.saving.save", side_effect=fail_to_save):
            self.post()

        assert "builtins.ValueError" in self.log.getvalue()
        assert words_in(self.log.getvalue()) == []

    def test_of_the_renderer_is_logged_without_the_text(self) -> None:
        with mock.patch("journal.markup.render", side_effect=fail):
            assert self.post() == HTTPStatus.INTERNAL_SERVER_ERROR

        assert "builtins.ValueError" in self.log.getvalue()
        assert words_in(self.log.getvalue()) == []


# --- Addresses that are themselves secrets.

SECRET = "mvz0hQ8wZkX4c7Yl2pT9nRaDgE6uJfB1sKoV5iHxWqM"  # of a length and of signs as tokens have them
HOLDS_SECRET = re.compile(r"<str:\w+>|\(\?P<(?:key|uidb36)>[^)]*\)")  # what an address captures that is neither an id nor a slug
STATUSES = [status for status in HTTPStatus if status >= HTTPStatus.BAD_REQUEST]


def secret_addresses() -> list[str]:
    """Every address of the site that is itself a secret."""
    found = [route for route in routes(get_resolver().url_patterns) if HOLDS_SECRET.search(route)]
    return [f"/{HOLDS_SECRET.sub(SECRET, route).replace('^', '').replace('$', '')}" for route in found]


class AnswerMiddleware:
    """Answers every address, once it is resolved, with the status that the request asks for; 0 raises."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: object) -> HttpResponse:
        status = int(request.headers["X-Status"])
        if not status:
            raise ValueError(request.path)
        return HttpResponse(status=status)


class SecretAddressTests(TestCase):
    _log = FailingSaveTests._log
    log: io.StringIO

    def setUp(self) -> None:
        self.client.raise_request_exception = False

    def test_there_are_some(self) -> None:
        assert {f"/accounts/invitations/{SECRET}/", f"/accounts/confirm-email/{SECRET}/"} <= set(secret_addresses())

    @override_settings(MIDDLEWARE=[f"{__name__}.AnswerMiddleware"])
    def test_none_is_logged_whatever_is_answered(self) -> None:
        for address in secret_addresses():
            for status in (0, *STATUSES):
                self.client.post(address, headers={"X-Status": str(status)})

        lines = self.log.getvalue()
        assert len(re.findall("^20.*: /accounts/invitations/<str:token>/$", lines, re.MULTILINE)) == len(STATUSES) + 1
        assert SECRET[:20] not in lines
        assert SECRET[20:] not in lines

    def test_none_is_logged_of_an_address_that_was_mistyped_or_sent_in_a_way_that_is_refused(self) -> None:
        strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
        for address in secret_addresses():
            for client in (self.client, strict):
                for mistyped in (
                    address,
                    address[:-1],
                    f"{address}x/",
                    f"{address}?next={SECRET}",
                    f"/x{address}",
                    f"{address[1:]}/{address}",
                ):
                    client.get(mistyped)
                    client.post(mistyped, {"parent_name": "x" * 500})
                    client.put(mistyped)
                    client.get(mistyped, headers={"Host": "elsewhere.example"})
                    client.post(mistyped, headers={"Origin": f"https://elsewhere.example/{SECRET}"})
                    client.post(mistyped, headers={"Referer": f"https://elsewhere.example{address}"}, secure=True)
        lines = self.log.getvalue()
        assert "Referer checking failed - https://elsewhere.example/accounts/" in lines
        assert "Not Found: /" in lines
        assert SECRET not in lines

    def test_the_line_of_an_access_log_holds_none(self) -> None:
        logging.getLogger("django.server").warning('"%s" %s %s', f"GET /accounts/invitations/{SECRET}/?next={SECRET} HTTP/1.1", 404, 10)

        assert "/accounts/invitations/" in self.log.getvalue()
        assert SECRET not in self.log.getvalue()

    def test_other_addresses_are_logged_by_their_route(self) -> None:
        self.client.get(f"/prompts/{'a-question-' * 3}/")
        self.client.get("/nowhere/at/all/?q=heliotrope")

        assert "Not Found: /prompts/<slug:slug>/\n" in self.log.getvalue()
        assert "Not Found: /nowhere/at/all/\n" in self.log.getvalue()
