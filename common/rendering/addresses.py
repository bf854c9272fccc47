"""The addresses of rows in lists: a pattern is reversed once by each process, where Django would search all of them for each row."""

import functools
import uuid

from django.urls import get_script_prefix, reverse


def address_of(name: str, *parts: uuid.UUID | str) -> str:
    """What `reverse(name, args=parts)` returns, for ids and for slugs that are known to be slugs: nothing is checked or quoted."""
    return _pattern(name, len(parts), get_script_prefix()).format(*parts)


@functools.cache
def _pattern(name: str, count: int, _prefix: str) -> str:
    """The address with `{}` in place of each part. Reversing puts the script prefix before it, which can differ."""
    examples = [str(uuid.UUID(int=number)) for number in range(count)]  # an id, and a slug as well
    address = reverse(name, args=examples)
    for example in examples:
        address = address.replace(example, "{}")
    return address
