"""accounts.security.log: every event is one line of ids and fixed words."""

import logging
import re
import uuid

import pytest
from django.http import HttpRequest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from accounts.security.log import Event, network_of, record

LINE = re.compile(r"event=[a-z_]+( [a-z_]+=[A-Za-z0-9_.:/-]+)*")


def test_a_line_is_plain(caplog: pytest.LogCaptureFixture) -> None:
    person = uuid.uuid7() if hasattr(uuid, "uuid7") else uuid.uuid4()
    with caplog.at_level(logging.INFO, "nightlight.security"):
        record(Event.FACTOR_ADDED, person=person, request=RequestFactory().get("/", REMOTE_ADDR="203.0.113.77"), factor="totp")

    assert caplog.messages == [f"event=factor_added person={person} network=203.0.113.0/24 factor=totp"]


@pytest.mark.parametrize("typed", ["parent@example.org", "a lamp", "line\nevent=signed_in", 'x"', "x" * 200, "", "é"])
def test_nothing_that_could_be_typed_becomes_a_fact(typed: str) -> None:
    with pytest.raises(ValueError, match="not plain enough") as refused:
        record(Event.SIGNED_IN, method=typed)
    assert not typed or typed not in str(refused.value)


@given(st.text())
def test_whatever_is_given_is_one_plain_line_or_none(typed: str) -> None:
    class Lines(logging.Handler):
        def emit(self, entry: logging.LogRecord) -> None:
            lines.append(entry.getMessage())

    lines: list[str] = []
    handler, logger = Lines(), logging.getLogger("nightlight.security")
    logger.addHandler(handler)
    try:
        record(Event.SIGNED_IN, fact=typed)
    except ValueError:
        pass
    finally:
        logger.removeHandler(handler)
    assert all(LINE.fullmatch(line) for line in lines)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("nonsense", "unknown"),
        ("", "unknown"),
    ],
)
def test_the_network_names_no_household(address: str, network: str) -> None:
    request: HttpRequest = RequestFactory().get("/", REMOTE_ADDR=address)
    assert network_of(request) == network
