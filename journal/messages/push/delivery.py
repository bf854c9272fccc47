"""Sending messages to browsers: each is sealed for the one browser, and signed with this installation's key."""

import asyncio
import datetime as dt
import json
import logging
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from urllib.parse import urlsplit

import aiohttp
from django.conf import settings
from py_vapid import Vapid
from pywebpush import WebPusher

from journal.messages.push import identity
from journal.messages.push.addresses import PublicResolver, is_endpoint
from journal.models import PushAddress, PushSubscription

logger = logging.getLogger("nightlight.messages")

TIMEOUT = 15.0  # seconds from looking a name up to the answer
AT_ONCE = 20
KEPT = dt.timedelta(hours=2)  # by the push service, for a browser that is not reached: later the word is out of place
SIGNED_FOR = dt.timedelta(hours=12)  # RFC 8292 allows a day
GONE = {404, 410}


@dataclass(frozen=True, slots=True)
class Push:
    """One message to one browser. `content` is what its service worker shows: static/js/service-worker.js."""

    subscription: uuid.UUID
    address: PushAddress
    content: Mapping[str, object]


def send(pushes: Iterable[Push], now: dt.datetime) -> int:
    """Send these, and forget subscriptions that their push service says are gone. Returns how many were taken.

    What fails otherwise is logged, without saying where it went, and not sent again.
    """
    waiting = list(pushes)
    if not waiting:
        return 0
    key = Vapid.from_string(identity.private_key())
    answers = asyncio.run(_send_all(waiting, key, now))
    gone = [push.subscription for push, answer in zip(waiting, answers, strict=True) if answer in GONE]
    PushSubscription.objects.filter(pk__in=gone).delete()
    taken = sum(isinstance(answer, int) and 200 <= answer < 300 for answer in answers)
    for answer in set(answers):
        if answer not in GONE and not (isinstance(answer, int) and 200 <= answer < 300):
            logger.error("%d messages could not be pushed (%s).", answers.count(answer), answer)
    return taken


async def _send_all(pushes: list[Push], key: Vapid, now: dt.datetime) -> list[int | str]:
    """For each what its push service answered, or the name of what failed."""
    at_once = asyncio.Semaphore(AT_ONCE)
    async with session() as http:

        async def one(push: Push) -> int | str:
            async with at_once:
                try:
                    return await _post(http, push, key, now)
                except Exception as error:  # whatever a browser gave as its address or its key, it keeps nobody else from theirs
                    return type(error).__name__

        return list(await asyncio.gather(*map(one, pushes)))


def session() -> aiohttp.ClientSession:
    """Connections that lead to public addresses alone, and through no proxy that the environment names."""
    timeout = aiohttp.ClientTimeout(total=TIMEOUT)
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(resolver=PublicResolver()), timeout=timeout, trust_env=False)


async def _post(http: aiohttp.ClientSession, push: Push, key: Vapid, now: dt.datetime) -> int:
    address = push.address
    if not is_endpoint(address.endpoint):
        raise ValueError("no push service")
    browser = {"endpoint": address.endpoint, "keys": {"p256dh": address.p256dh, "auth": address.auth}}
    body = WebPusher(browser).encode(json.dumps(push.content).encode())["body"]
    headers = {
        **_signed(address.endpoint, key, now),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(int(KEPT.total_seconds())),
        "Urgency": "normal",
    }
    # What it answers is in the status: of the rest nothing is read, however long it is.
    async with http.post(address.endpoint, data=body, headers=headers, allow_redirects=False) as answer:
        return answer.status


def _signed(endpoint: str, key: Vapid, now: dt.datetime) -> dict[str, str]:
    url = urlsplit(endpoint)
    claims = {"aud": f"{url.scheme}://{url.netloc}", "exp": int((now + SIGNED_FOR).timestamp()), "sub": _contact()}
    signed: dict[str, str] = key.sign(claims)
    return signed


def _contact() -> str:
    """Whom a push service may turn to."""
    if settings.SERVED_OVER_TLS:
        return f"https://{settings.SITE_HOST}"
    return f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}"
