"""Which addresses are pushed to. A browser names its own, so whoever signs up chooses where this server connects to."""

import ipaddress
import socket
from urllib.parse import urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

LONGEST = 1000  # characters; those of the push services have some 200
NAT64 = ipaddress.ip_network("64:ff9b::/96")

type Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class NotAllowed(OSError):
    """The name leads to no address on the public internet."""


def is_endpoint(address: str) -> bool:
    """Whether it can be a push service's: https on its usual port, and a name with a dot in it, not the number of a machine."""
    if len(address) > LONGEST or not address.isascii() or not address.isprintable() or " " in address:
        return False
    try:
        url = urlsplit(address)
        host, port = url.hostname or "", url.port
    except ValueError:
        return False
    is_name = "." in host.strip(".") and not host.rsplit(".", 1)[-1].isdigit() and ":" not in host
    return url.scheme == "https" and is_name and port in (None, 443) and url.username is None and url.password is None


def is_public(address: Address) -> bool:
    """Whether it is a machine on the public internet, also where IPv6 wraps an address of IPv4."""
    if isinstance(address, ipaddress.IPv6Address):
        if address in NAT64:
            return is_public(ipaddress.IPv4Address(address.packed[-4:]))
        for inner in (address.ipv4_mapped, address.sixtofour, address.teredo and address.teredo[1]):
            if inner is not None:
                return is_public(inner)
    return address.is_global and not address.is_multicast


class PublicResolver(AbstractResolver):
    """Looks names up, and gives only public addresses of them: what is connected to is what was checked.

    Raises `NotAllowed` where a name has no other.
    """

    def __init__(self) -> None:
        self._names = ThreadedResolver()

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[ResolveResult]:
        found = await self._names.resolve(host, port, family)
        allowed = [each for each in found if is_public(ipaddress.ip_address(each["host"].split("%")[0]))]
        if not allowed:
            raise NotAllowed("no public address")
        return allowed

    async def close(self) -> None:
        await self._names.close()
