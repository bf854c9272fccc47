"""common.rendering.qr_codes: a drawing has the modules of its code, and a border of four."""

import re

from common.rendering import qr_codes

ADDRESS = f"https://example.org/accounts/invitations/{'a' * 43}/"


def test_draws_each_dark_module_once_inside_its_border() -> None:
    drawing, code = qr_codes.drawn(ADDRESS), qr_codes.encoded(ADDRESS)

    runs = [tuple(map(int, numbers)) for numbers in re.findall(r"M(\d+),(\d+)h(\d+)v1h-\d+z", drawing.path)]
    dark = {(x + step, y) for x, y, length in runs for step in range(length)}
    border = (drawing.width - len(code.modules)) // 2
    assert border == 4
    assert dark == {(x + border, y + border) for y, row in enumerate(code.modules) for x, module in enumerate(row) if module}
    assert sum(length for _x, _y, length in runs) == len(dark)


def test_another_address_is_another_drawing() -> None:
    assert qr_codes.drawn(ADDRESS) != qr_codes.drawn(ADDRESS.replace("a", "b"))
