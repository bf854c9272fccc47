"""QR codes, drawn here: no page asks a third party for one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import qrcode
from qrcode.constants import ERROR_CORRECT_M, ERROR_CORRECT_Q


@dataclass(frozen=True, slots=True)
class Drawing:
    """A code as an SVG path of its dark modules, each 1 wide, on a ground of `width` by `width` that includes its quiet border."""

    width: int
    path: str


def encoded(text: str, *, on_paper: bool = False) -> qrcode.QRCode:
    """The code of a text. On paper a quarter of it may be lost, as to a crease; on a screen it has fewer and larger modules."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_Q if on_paper else ERROR_CORRECT_M)
    code.add_data(text)
    code.make()
    return code


def drawn(text: str, *, on_paper: bool = False) -> Drawing:
    rows = encoded(text, on_paper=on_paper).get_matrix()  # with its border
    return Drawing(len(rows), "".join(f"M{x},{y}h{length}v1h-{length}z" for y, row in enumerate(rows) for x, length in _runs(row)))


def _runs(row: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Where each run of dark modules begins, and its length."""
    x = 0
    for is_dark, modules in groupby(row):
        length = len(list(modules))
        if is_dark:
            yield x, length
        x += length
