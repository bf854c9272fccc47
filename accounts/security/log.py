"""The log of security events: one line each, of ids and fixed words, never of anything that somebody typed.

docs/security-log.md lists the events for operators.
"""

import ipaddress
import logging
import re
import uuid
from enum import StrEnum

from allauth.account.adapter import get_adapter
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest

logger = logging.getLogger("nightlight.security")

_PLAIN = re.compile(r"[A-Za-z0-9_.:/-]{1,100}")  # what a value may consist of: no space, no quote, no line break, no @


class Event(StrEnum):
    SIGNED_UP = "signed_up"
    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SECOND_STEP_FAILED = "second_step_failed"
    CODE_REJECTED = "code_rejected"
    SIGNED_OUT = "signed_out"
    OTHER_SESSIONS_ENDED = "other_sessions_ended"
    LOCKED = "locked"
    UNLOCKED = "unlocked"
    DEVICE_MARKED = "device_marked"
    REAUTHENTICATED = "reauthenticated"
    REAUTHENTICATION_FAILED = "reauthentication_failed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  the name of an event
    EMAIL_CHANGED = "email_changed"
    FACTOR_ADDED = "factor_added"
    FACTOR_REMOVED = "factor_removed"
    FACTOR_REPLACED = "factor_replaced"
    CONNECTION_MADE = "connection_made"
    CONNECTION_ENDED = "connection_ended"
    ACCOUNT_DELETED = "account_deleted"
    STAFF_ACTED = "staff_acted"
    KEYS_USED = "keys_used"


def record(event: Event, *, person: uuid.UUID | None = None, request: HttpRequest | None = None, **facts: object) -> None:
    """Write one line: the event, whom it concerns, from which network, and facts of fixed words, ids or numbers.

    Raises ValueError for a fact that could be something typed.
    """
    pairs: dict[str, object] = {"event": event.value, "person": person or "unknown"}
    if event == Event.KEYS_USED:
        del pairs["person"]
    if request is not None:
        pairs["network"] = network_of(request)
    pairs |= {name: value for name, value in facts.items() if value is not None}
    for name, value in pairs.items():
        if not _PLAIN.fullmatch(str(value)):
            raise ValueError(f"the fact {name!r} is not plain enough for the log")
    logger.info(" ".join(f"{name}={value}" for name, value in pairs.items()))


def network_of(request: HttpRequest) -> str:
    """The network that the request came from, too wide to name a household: the first 24 bits of IPv4, 48 of IPv6."""
    try:
        address = ipaddress.ip_address(get_adapter(request).get_client_ip(request))
    except (ValueError, PermissionDenied, ImproperlyConfigured):  # a proxy named no address, or fewer than there are proxies
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(ipaddress.ip_network(f"{address}/{24 if address.version == 4 else 48}", strict=False))
