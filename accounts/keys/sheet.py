"""A key-encryption key on paper, for a safe: as words or as a QR code, and back.

The words are BIP-39: 24 of a list of 2048 for 256 bits and a checksum of 8. The text of the QR code is
`NIGHTLIGHT-KEY:<key id>:<key in hex>`; the id, made from the key, is its checksum. Nothing here keeps a key.
"""

import datetime as dt
import difflib
import html
import io
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import qrcode
from mnemonic import Mnemonic
from qrcode.image.svg import SvgPathImage

from accounts.keys.crypto import Key

WORDS = 24
_ENGLISH = Mnemonic("english")  # the list comes with the package
_KNOWN = frozenset(_ENGLISH.wordlist)
_CODE = re.compile(r"NIGHTLIGHT-KEY:([0-9A-F]{16}):([0-9A-F]{64})(?![0-9A-Z])")
_HEADING = re.compile(r"\s*key ([0-9a-f]{16})\b")
_NUMBER = re.compile(r"(\d{1,2})[.)]?")
_BLOCKS = re.compile("[\u2580\u2584\u2588]")  # what a QR code is drawn with in a text


class UnreadableSheet(Exception):
    """What was typed or scanned is no key. The message is a sentence that says where to look, and shows no key."""


# --- One key.


def to_words(material: bytes) -> list[str]:
    return _ENGLISH.to_mnemonic(material).split()


def from_words(words: Sequence[str]) -> bytes:
    """The key behind 24 words. Raises `UnreadableSheet` for an unknown word, a wrong number of them or a wrong checksum."""
    for number, word in enumerate(words, start=1):
        if word not in _KNOWN:
            near = difflib.get_close_matches(word, _ENGLISH.wordlist, n=3, cutoff=0.5)
            raise UnreadableSheet(f"word {number}, {word!r}, is not in the list" + (f"; near it are {', '.join(near)}." if near else "."))
    if len(words) != WORDS:
        raise UnreadableSheet(f"a key has {WORDS} words, and {len(words)} were given.")
    try:
        return bytes(_ENGLISH.to_entropy(list(words)))
    except ValueError:
        raise UnreadableSheet("the words do not fit together: one of them is another, or two are in each other's place.") from None


def to_code(material: bytes) -> str:
    """What the QR code of this key says. In capitals, which make a smaller code."""
    return f"NIGHTLIGHT-KEY:{Key(material).id}:{material.hex()}".upper()


def from_code(text: str) -> bytes:
    """The key behind the text of a QR code. Raises `UnreadableSheet` where it was cut short or altered."""
    match = _CODE.fullmatch(text.strip().upper())
    if match is None or Key(bytes.fromhex(match[2])).id.upper() != match[1]:
        raise UnreadableSheet("the text of the QR code is cut short or altered. Scan it again.")
    return bytes.fromhex(match[2])


# --- A sheet that was typed, scanned or exported.


def read(text: str) -> list[bytes]:
    """Every key in this text, in its order: words, numbered or bare, codes, or a whole sheet with its prose.

    Raises `UnreadableSheet` where a part of it is no key; there is at least one key otherwise.
    """
    if codes := [part for part in text.split() if part.upper().startswith("NIGHTLIGHT-KEY")]:
        return [from_code(code) for code in codes]
    keys = [] if _BLOCKS.search(text) else [_checked(key_id, from_words(words)) for key_id, words in _blocks(text)]
    if not keys:
        raise UnreadableSheet("there are no words in it. Where a sheet has a QR code, scan the code and give the text that it holds.")
    return keys


def _checked(key_id: str, material: bytes) -> bytes:
    if key_id and Key(material).id != key_id:
        raise UnreadableSheet(f"the words make another key than {key_id}, which they stand under. Compare them with the sheet.")
    return material


def _blocks(text: str) -> Iterator[tuple[str, list[str]]]:
    """The words of each key with the id that stands above them, or "". Where words are numbered, all else is prose."""
    lines = text.lower().splitlines()
    if any(map(_numbered, lines)):
        yield from _numbered_blocks(lines)
    else:
        words = [word for line in lines if not _HEADING.match(line) for word in line.split()]
        size = WORDS if len(words) % WORDS == 0 else len(words)  # of a wrong number all are counted
        yield from (("", words[start : start + size]) for start in range(0, len(words), size))


def _numbered_blocks(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    key_id, words = "", list[str]()
    for line in [*lines, "1. end"]:  # whose number ends the last block
        if heading := _HEADING.match(line):
            if words:
                yield key_id, words
            key_id, words = heading[1], []
        for number, word in _numbered(line):
            if number == 1 and words:
                yield key_id, words
                key_id, words = "", []
            if number != len(words) + 1:
                raise UnreadableSheet(f"word {len(words) + 1} is missing: number {number} stands in its place.")
            words.append(word)


def _numbered(line: str) -> list[tuple[int, str]]:
    """The words of a line like `1. lamp  2. page`; none where the line is anything else."""
    parts = re.sub(r"(\d[.)])", r"\1 ", line).split()
    numbers = [_NUMBER.fullmatch(part) for part in parts[::2]]
    if len(parts) % 2 or not all(numbers):
        return []
    return [(int(number[1]), word) for number, word in zip(numbers, parts[1::2], strict=True) if number]


# --- A sheet to keep.

_WHAT = (
    "Everything written in this Nightlight is sealed with {these}. Whoever has this sheet and the database, or a backup of it, "
    "can read everything. Without {these} nobody can, and nobody can help. Keep this sheet in a safe, apart from the database "
    "and its backups."
)
_USE = (
    "To use it, install Nightlight, run `manage.py keys import` and {do}. Then put the database back; "
    "`manage.py keys verify` says whether all of it opens."
)
_TYPE = "type the words of each key in their order"
_SCAN = "paste the text that a phone or a camera reads from each code"
_LATER = "After changing the key (`manage.py rotate_keys --new-key`) make a new sheet. Keep this one as long as backups from before."


@dataclass(frozen=True, slots=True)
class Sheet:
    """The bare keys by their id, newest first; where they were kept, as `in …`; and the day it was made."""

    keys: Mapping[str, bytes] = field(repr=False)
    kept: str
    day: dt.date

    def as_words(self) -> str:
        """Numbered words, with plain sentences around them. `read` takes it as it is."""
        return self._text(_TYPE, lambda material: _rows(to_words(material)))

    def as_qr(self, *, terminal: bool) -> str:
        """QR codes drawn with block characters: in a terminal's colours where `terminal`, else as ink is on paper."""
        return self._text(_SCAN, lambda material: _drawn(to_code(material), terminal=terminal))

    def as_svg(self) -> str:
        """QR codes on a white page 210 mm wide, with the same sentences, to be printed."""
        before, after = self._prose(_SCAN)
        y, parts = 14.0, list[str]()
        for text in before:
            y = _svg_text(parts, text, y)
        for heading, material in self._blocks():
            y = _svg_text(parts, heading, y)
            size, squares = _svg_path(to_code(material))
            parts.append(f'<path shape-rendering="crispEdges" transform="translate(14 {y - 4:g}) scale({60 / size:.4f})" d="{squares}"/>')
            y += 64
        for text in after:
            y = _svg_text(parts, text, y)
        height = max(297, round(y))
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="210mm" height="{height}mm" viewBox="0 0 210 {height}" '
            f'font-family="sans-serif" font-size="4">\n<rect width="210" height="{height}" fill="#fff"/>\n'
            + "\n".join(parts)
            + "\n</svg>\n"
        )

    def _blocks(self) -> Iterator[tuple[str, bytes]]:
        for number, (key_id, material) in enumerate(self.keys.items()):
            age = "the only one" if len(self.keys) == 1 else "older" if number else "the newest"
            yield f"Key {key_id} ({age}), written down on {self.day.isoformat()}", material

    def _prose(self, do: str) -> tuple[list[str], list[str]]:
        these = "this key" if len(self.keys) == 1 else "these keys"
        title = (
            f"Nightlight: a key for a safe, kept {self.kept}" if len(self.keys) == 1 else f"Nightlight: keys for a safe, kept {self.kept}"
        )
        return [title, _WHAT.format(these=these)], [_USE.format(do=do), _LATER]

    def _text(self, do: str, block: Callable[[bytes], str]) -> str:
        before, after = ([_wrapped(text) for text in texts] for texts in self._prose(do))
        blocks = [f"{heading}\n\n{block(material)}" for heading, material in self._blocks()]
        return "\n\n".join([*before, *blocks, *after]) + "\n"


def _wrapped(text: str) -> str:
    return textwrap.fill(text, 88, break_long_words=False, break_on_hyphens=False)


def _rows(words: list[str]) -> str:
    numbered = [f"{number:>3}. {word:<10}" for number, word in enumerate(words, start=1)]
    return "\n".join("".join(numbered[start : start + 4]).rstrip() for start in range(0, WORDS, 4))


def _svg_text(parts: list[str], text: str, y: float) -> float:
    for line in _wrapped(text).splitlines():
        parts.append(f'<text x="14" y="{y:g}">{html.escape(line)}</text>')
        y += 5.5
    return y + 3


def _code(text: str) -> qrcode.QRCode:
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_Q)  # a quarter of it may be lost to a crease
    code.add_data(text)
    code.make()
    return code


def _svg_path(text: str) -> tuple[int, str]:
    """How many squares wide the code is with its border, and the path of its dark ones, each of size 1."""
    code = _code(text)
    image = code.make_image(image_factory=SvgPathImage)
    return code.modules_count + 2 * code.border, image.path.get("d")


class _Terminal(io.StringIO):
    """Collects what is drawn for a terminal."""

    def isatty(self) -> bool:
        return True


def _drawn(text: str, *, terminal: bool) -> str:
    out = _Terminal() if terminal else io.StringIO()
    _code(text).print_ascii(out, tty=terminal)
    lines = out.getvalue().splitlines()
    return "\n".join(line if terminal else line.replace("\xa0", " ").rstrip() for line in lines)
