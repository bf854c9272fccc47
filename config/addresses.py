"""Addresses in settings: taken apart and put together again, in the one form in which browsers and Django compare them."""

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
DEFAULT_PORTS = {"http": 80, "https": 443}


def split(value: str) -> SplitResult | None:
    """The parts of scheme://host:port, with credentials and a query if any; None for anything else or with a path."""
    try:
        url = urlsplit(value)
        port_is_valid = url.port != 0  # `port` raises ValueError where it is not a number up to 65535
    except ValueError:
        return None
    is_one_piece = value.isprintable() and " " not in value and not url.fragment
    return url if url.hostname and port_is_valid and is_one_piece and url.path in {"", "/"} else None


def host(name: str) -> str | None:
    """A host as browsers send it: in lower case, international names as xn--, IPv6 in its short form and in brackets; None for any other.

    Names that the two standards for international names read differently, such as those with a \u00df, are not taken.
    """
    if ":" in name:
        try:
            return f"[{ipaddress.IPv6Address(name)}]" if "%" not in name else None
        except ValueError:
            return None
    name = name.lower().removesuffix(".")
    if not name.isascii():
        try:
            encoded = name.encode("idna").decode("ascii")
        except UnicodeError:
            return None
        if encoded.encode("ascii").decode("idna") != name:
            return None
        name = encoded
    labels = name.split(".")
    if len(name) > 253 or not all(LABEL.fullmatch(label) for label in labels):
        return None
    if labels[-1].isdigit() or labels[-1].startswith("0x"):
        try:
            return str(ipaddress.IPv4Address(name))
        except ValueError:
            return None
    return name


def origin(url: SplitResult) -> tuple[str, str] | None:
    """(origin, host) of an address without credentials and query, as browsers send them; None where it has either, or no proper host."""
    name = host(url.hostname or "")
    if name is None or "@" in url.netloc or url.query:
        return None
    port = "" if url.port in {None, DEFAULT_PORTS.get(url.scheme)} else f":{url.port}"
    return f"{url.scheme}://{name}{port}", name
