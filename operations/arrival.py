"""What arrives of a request that went through the proxies: `manage.py doctor` asks at the public address, and the running site answers.

The question is signed with the site's secret key, so that nobody else learns which headers are believed. It comes with an
X-Forwarded-For of its own making, as anybody could write one: a proxy has to replace that, or to write behind it.
"""

import datetime as dt
import json
import urllib.request
from dataclasses import asdict, dataclass
from email.utils import parsedate_to_datetime

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse

QUESTION, ANSWER = "Nightlight-Question", "Nightlight-Arrived"
MADE_UP = "192.0.2.1"  # an address for documentation (RFC 5737), which no visitor has
LASTS = dt.timedelta(minutes=1)
TIMEOUT = 5.0  # seconds


@dataclass(frozen=True, slots=True)
class Arrival:
    """`written` is how many addresses proxies wrote into X-Forwarded-For; `is_fooled` whether the site takes the one made up for the visitor's."""

    is_secure: bool
    written: int
    is_fooled: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """`arrival` is None where it is not this site that answers; `date` where nobody said one."""

    arrival: Arrival | None
    date: dt.datetime | None


def ask() -> Answer:
    """Visit the site at its public address. Raises `OSError`: an `HTTPError` where it refuses, another where it is not reached."""
    headers = {QUESTION: _signer().sign("arrival"), "X-Forwarded-For": MADE_UP}
    request = urllib.request.Request(f"{settings.SITE_ORIGIN}/readyz", headers=headers)  # noqa: S310  https, as the settings demand
    with urllib.request.urlopen(request, timeout=TIMEOUT) as response:  # noqa: S310
        return Answer(_parsed(response.headers.get(ANSWER, "")), _date(response.headers.get("Date", "")))


def answer(request: HttpRequest, response: HttpResponse) -> None:
    """Say in a header of the response what arrived, if the doctor of this site asks within a minute."""
    try:
        _signer().unsign(request.headers.get(QUESTION, ""), max_age=LASTS)
    except BadSignature:
        return
    found = [address.strip() for address in request.headers.get("X-Forwarded-For", "").split(",") if address.strip()]
    believed = found[-settings.TRUSTED_PROXIES :][:1] if settings.TRUSTED_PROXIES else []
    arrival = Arrival(request.is_secure(), len(found) - found.count(MADE_UP), believed == [MADE_UP])
    response.headers[ANSWER] = json.dumps(asdict(arrival))


def _signer() -> TimestampSigner:
    return TimestampSigner(salt="operations.arrival")


def _parsed(header: str) -> Arrival | None:
    try:
        return Arrival(**json.loads(header))
    except (ValueError, TypeError):
        return None


def _date(header: str) -> dt.datetime | None:
    try:
        return parsedate_to_datetime(header)
    except ValueError:
        return None
