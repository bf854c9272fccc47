"""How often somebody may try a password, or have a code sent, for one address; and the code of an invitation, of which "" is the address. How often that is, config/limits.py says.

Tries are counted for the address and the network that they come from, so that a stranger's leave others their own; and for
the address alone, with a larger limit, so that many networks together cannot go on for ever. A device on which the person
has signed in before, and a session of theirs, are counted by themselves: whatever strangers do, they stay open.
"""

from enum import StrEnum

from allauth.core.internal import ratelimit
from django.http import HttpRequest

from accounts.models import User
from accounts.security.devices import known_device

APP = "allauth.account"  # whose settings hold the limits


class Act(StrEnum):
    PASSWORD = "password"  # noqa: S105
    CODE = "code"
    INVITATION = "invitation"


def consume(request: HttpRequest, act: Act, address: str) -> ratelimit.RateLimitUsage | None:
    """Count one try; None where there were too many. `rollback()` of what is returned takes it back."""
    usage = ratelimit.RateLimitUsage(usage=[])
    for action, key in _counters(request, act, address):
        one = ratelimit.consume(request, app=APP, action=action, key=key)
        if one is None:
            usage.rollback()
            return None
        usage.usage += one.usage
    return usage


def forget(request: HttpRequest, act: Act, address: str) -> None:
    """Forget the tries for an address, of this visitor and of everybody together, once somebody has shown that it is theirs."""
    for action, key in _counters(request, act, address):
        ratelimit.clear(request, app=APP, action=action, key=key)


def _counters(request: HttpRequest, act: Act, address: str) -> list[tuple[str, str]]:
    """Pairs of an action of config/limits.py and a key."""
    if device := _device(request, address):
        return [(f"{act}_from_device", f"{device} {address}")]
    return [(f"{act}_from_network", f"{ratelimit.get_ip(request)} {address}"), (f"{act}_from_anywhere", address)]


def _device(request: HttpRequest, address: str) -> str | None:
    if isinstance(request.user, User) and request.user.email == address:
        return str(request.user.pk)
    return known_device(request, address)
