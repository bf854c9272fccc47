"""The work that one text may cause, counted before it is done, so that every run decides alike.

The unit is about a microsecond of one core of a small server; the prices were measured (benchmarks/rendering.py) and are rounded up.
"""

LIMIT = 100_000  # for one text, of whatever length

SECTION = 120  # what a call of the converter and one of the cleaner cost before they see a character
LINE = 2  # per level of nesting, to find the blocks
BLOCK = 70  # an element that holds a text: found, converted, serialised, parsed and cleaned
SIGN = 25  # a sign in a text: it may become an element
ESCAPED = 8  # a sign that stands in HTML as an entity
CHARACTER = 0.1
SIGN_BY_CHARACTER = 0.006  # from each sign the converter may look through the whole text


class OverBudget(Exception):
    """The next piece of work would go beyond the limit. It was not done."""


class Budget:
    """What is left of one text's work."""

    def __init__(self, limit: int = LIMIT) -> None:
        self.left: float = limit

    def spend(self, cost: float) -> None:
        """Call before the work. Raises `OverBudget`, and keeps what is left, where it costs more than that."""
        if cost > self.left:
            raise OverBudget
        self.left -= cost

    def spend_on_text(self, text: str, signs: int) -> None:
        """The cost of an element with this text, in which so many signs may become elements."""
        length, escaped = len(text), sum(map(text.count, "<>&"))
        self.spend(BLOCK + CHARACTER * length + ESCAPED * escaped + SIGN * signs + SIGN_BY_CHARACTER * signs * length)
