"""Whole numbers that come from outside, in an address or a form: the one parser for all of them."""

MOST = 2**31 - 1  # what a column for whole numbers holds on every database
_DIGITS = len(str(MOST))


def parse_number(text: str | None, most: int = MOST) -> int | None:
    """The number that a text states, from 0 to `most`; None for anything else.

    Only plain digits count: no sign, no space, no digits of other scripts, and not thousands of them, which Python refuses
    to convert.
    """
    if not text or len(text) > _DIGITS or not (text.isascii() and text.isdigit()):
        return None
    number = int(text)
    return number if number <= most else None
