"""The texts that take longest to render, searched for: `python -m benchmarks.rendering [SECONDS] [SEED]`.

Texts are units repeated up to the longest text that is saved. The search begins with each piece of Markdown by itself and with
what once stalled the site, and goes on by changing the worst that it has found. It prints those, in CPU time.
"""

import os
import random
import sys
import time
from dataclasses import dataclass, replace

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from journal import markup  # noqa: E402
from journal.models.entry import TEXT_LIMIT  # noqa: E402

PIECES = [
    *"abc 1.-+*_`~#>|<&[]()!\\\"':=;/@\t\n\v\0é。»",
    *("\n\n", "  ", "    ", "- ", "* ", "1. ", "12. ", "> ", "# ", "###### ", "---", "===", "***", "```", "~~~", "~~", "**", "__", "``"),
    *(
        "|-|-|",
        "|a|b|\n|-|-|\n",
        "|a\n|-\n",
        "](",
        "[a](https://a)",
        "![",
        "<a@b.org>",
        "<https://a>",
        "https://a",
        "&amp;",
        "&#1;",
        "word ",
    ),
    *(
        "a\n-\n",
        "a\n=\n",
        "***\n",
        "# a\n",
        "*a*",
        "**a**",
        "_a_",
        "`a`",
        "- a\n",
        "1. a\n",
        "> a\n",
        "```\na\n```\n",
        "  - a\n",
        "\\*",
        "[a]: b\n",
    ),
]


WIDTHS = (TEXT_LIMIT, 20_000, 6_000, 2_000, 600, 150)  # after so many characters comes an empty line


@dataclass(frozen=True, slots=True)
class Shape:
    """A text: `before`, then `unit` again and again in paragraphs of one width, then `after`."""

    unit: str
    before: str = ""
    after: str = ""
    width: int = TEXT_LIMIT

    def text(self, length: int = TEXT_LIMIT) -> str:
        paragraph = self.before + self.unit * (self.width // len(self.unit)) + self.after + "\n\n"
        return (paragraph * (length // len(paragraph) + 1))[:length]


def cpu_time(shape: Shape, repeats: int = 1) -> float:
    best, text = float("inf"), shape.text()
    for _repeat in range(repeats):
        start = time.process_time()
        markup.render(text)
        best = min(best, time.process_time() - start)
    return best


def changed(shape: Shape, chance: random.Random) -> Shape:
    unit, piece = shape.unit, chance.choice(PIECES)
    at = chance.randint(0, len(unit))
    match chance.randrange(7):
        case 0:
            unit = unit[:at] + piece + unit[at:]
        case 1:
            unit = unit[:at] + piece + unit[at + 1 :]
        case 2:
            unit = unit[:at] + unit[at + chance.randint(1, 3) :]
        case 3:
            unit += piece * chance.randint(1, 20)
        case 4:
            return replace(shape, before=piece * chance.randint(0, 50))
        case 5:
            return replace(shape, after=piece)
        case _:
            return replace(shape, width=chance.choice(WIDTHS))
    return replace(shape, unit=unit[:200] or piece)


def search(seconds: float, seed: int) -> list[tuple[float, Shape]]:
    chance = random.Random(seed)  # noqa: S311
    found = {shape: cpu_time(shape) for shape in (Shape(piece, width=width) for piece in PIECES for width in WIDTHS)}
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        worst = sorted(found, key=lambda shape: -found[shape])[:40]
        shape = changed(chance.choice(worst if chance.random() < 0.8 else list(found)), chance)
        if chance.random() < 0.2:
            shape = replace(shape, unit=(shape.unit + chance.choice(worst).unit)[:200])
        if shape not in found:
            found[shape] = cpu_time(shape)
    worst = sorted(found, key=lambda shape: -found[shape])[:20]
    return sorted(((cpu_time(shape, 3), shape) for shape in worst), key=lambda result: -result[0])


if __name__ == "__main__":
    for taken, shape in search(float(sys.argv[1]) if len(sys.argv) > 1 else 60, int(sys.argv[2]) if len(sys.argv) > 2 else 1):
        print(f"{taken * 1000:7.0f} ms  {shape!r}")
