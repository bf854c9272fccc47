"""Key-encryption keys on paper, for a safe: as words or as QR codes, and back. No key is kept here.

Words are BIP-39: 24 words out of 2048 encode 256 bits and a checksum of 8. A QR code holds `NIGHTLIGHT-KEY:<key id>:<key in
hex>`; the id, which is made from the key, serves as checksum.
"""

import datetime as dt
import difflib
import html
import io
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mnemonic import Mnemonic

from accounts.keys.crypto import Key
from common.rendering import qr_codes

WORDS = 24
_MNEMONIC = Mnemonic("english")  # the word list comes with the package
_WORD_LIST = frozenset(_MNEMONIC.wordlist)
_CODE_PATTERN = re.compile(r"NIGHTLIGHT-KEY:([0-9A-F]{16}):([0-9A-F]{64})(?![0-9A-Z])")
_HEADING_PATTERN = re.compile(r"\s*key ([0-9a-f]{16})\b")
_NUMBER_PATTERN = re.compile(r"(\d{1,2})[.)]?")
_BLOCK_CHARACTERS = re.compile("[\u2580\u2584\u2588]")  # a QR code drawn in a text


class UnreadableSheet(Exception):
    """What was typed or scanned is no key. The message is a sentence that says where to look, and never holds a key."""


# --- One key.


def to_words(material: bytes) -> list[str]:
    """The 24 words for a key of 32 bytes."""
    return _MNEMONIC.to_mnemonic(material).split()


def from_words(words: Sequence[str]) -> bytes:
    """The key that 24 words encode. Raises `UnreadableSheet` for an unknown word, a wrong number of words or a wrong checksum."""
    for number, word in enumerate(words, start=1):
        if word not in _WORD_LIST:
            suggestions = difflib.get_close_matches(word, _MNEMONIC.wordlist, n=3, cutoff=0.5)
            raise UnreadableSheet(
                f"word {number}, {word!r}, is not in the list" + (f"; near it are {', '.join(suggestions)}." if suggestions else ".")
            )
    if len(words) != WORDS:
        raise UnreadableSheet(f"a key has {WORDS} words, and {len(words)} were given.")
    try:
        return bytes(_MNEMONIC.to_entropy(list(words)))
    except ValueError:
        raise UnreadableSheet("the words do not fit together: one of them is another, or two are in each other's place.") from None


def to_code(material: bytes) -> str:
    """The text of the key's QR code. In capitals, which make a smaller code."""
    return f"NIGHTLIGHT-KEY:{Key(material).id}:{material.hex()}".upper()


def from_code(text: str) -> bytes:
    """The key in the text of a QR code, in either case. Raises `UnreadableSheet` where it was cut short or altered."""
    match = _CODE_PATTERN.fullmatch(text.strip().upper())
    if match is None or Key(bytes.fromhex(match[2])).id.upper() != match[1]:
        raise UnreadableSheet("the text of the QR code is cut short or altered. Scan it again.")
    return bytes.fromhex(match[2])


# --- Reading a sheet.


def read(text: str) -> list[bytes]:
    """All keys in this text, in order; at least one. It may be words, numbered or not, codes, or a whole exported sheet.

    Raises `UnreadableSheet` where any part of it is not a key.
    """
    if codes := [part for part in text.split() if part.upper().startswith("NIGHTLIGHT-KEY")]:
        return [from_code(code) for code in codes]
    keys = [] if _BLOCK_CHARACTERS.search(text) else [_check_id(key_id, from_words(words)) for key_id, words in _blocks(text)]
    if not keys:
        raise UnreadableSheet("there are no words in it. Where a sheet has a QR code, scan the code and give the text that it holds.")
    return keys


def _check_id(key_id: str, material: bytes) -> bytes:
    """`material`. Raises `UnreadableSheet` where it has another id than this, unless this is empty."""
    if key_id and Key(material).id != key_id:
        raise UnreadableSheet(f"the words make another key than {key_id}, which they stand under. Compare them with the sheet.")
    return material


def _blocks(text: str) -> Iterator[tuple[str, list[str]]]:
    """The words of each key, with the id in the heading above them or "". Where words are numbered, all other lines are ignored."""
    lines = text.lower().splitlines()
    if any(map(_numbered_words, lines)):
        yield from _numbered_blocks(lines)
    else:
        words = [word for line in lines if not _HEADING_PATTERN.match(line) for word in line.split()]
        size = WORDS if len(words) % WORDS == 0 else len(words)  # a wrong number stays in one block, for the message to count
        yield from (("", words[start : start + size]) for start in range(0, len(words), size))


def _numbered_blocks(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    """A heading or a word numbered 1 begins a new block."""
    key_id, words = "", list[str]()
    for line in [*lines, "1. end"]:  # its number ends the last block
        if heading := _HEADING_PATTERN.match(line):
            if words:
                yield key_id, words
            key_id, words = heading[1], []
        for number, word in _numbered_words(line):
            if number == 1 and words:
                yield key_id, words
                key_id, words = "", []
            if number != len(words) + 1:
                raise UnreadableSheet(f"word {len(words) + 1} is missing: number {number} stands in its place.")
            words.append(word)


def _numbered_words(line: str) -> list[tuple[int, str]]:
    """The numbers and words of a line like `1. lamp  2. page`; empty for any other line."""
    parts = re.sub(r"(\d[.)])", r"\1 ", line).split()
    matches = [_NUMBER_PATTERN.fullmatch(part) for part in parts[::2]]
    if len(parts) % 2 or not all(matches):
        return []
    return [(int(match[1]), word) for match, word in zip(matches, parts[1::2], strict=True) if match]


# --- Making a sheet.

_PURPOSE = (
    "Everything written in this Nightlight is sealed with {these}. Whoever has this sheet and the database, or a backup of it, "
    "can read everything. Without {these} nobody can, and nobody can help. Keep this sheet in a safe, apart from the database "
    "and its backups."
)
_USAGE = (
    "To use it, install Nightlight, run `manage.py keys import` and {action}. Then put the database back; "
    "`manage.py keys verify` says whether all of it opens."
)
_TYPE_WORDS = "type the words of each key in their order"
_SCAN_CODES = "paste the text that a phone or a camera reads from each code"
_AFTER_ROTATION = (
    "After changing the key (`manage.py rotate_keys --new-key`) make a new sheet. Keep this one as long as backups from before."
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """`keys`: the key material by id, newest first. `location`: where they are kept, as "in …". `day`: when the sheet was made."""

    keys: Mapping[str, bytes] = field(repr=False)
    location: str
    day: dt.date

    def as_words(self) -> str:
        """Plain text with numbered words, which `read` accepts as it is."""
        return self._text(_TYPE_WORDS, lambda material: _word_rows(to_words(material)))

    def as_qr(self, *, terminal: bool) -> str:
        """Plain text with QR codes drawn in block characters: with a terminal's colour codes if `terminal`, else dark on light."""
        return self._text(_SCAN_CODES, lambda material: _draw(to_code(material), terminal=terminal))

    def as_svg(self) -> str:
        """An SVG document to print, 210 mm wide, with the same text and QR codes."""
        before, after = self._prose(_SCAN_CODES)
        y, parts = 14.0, list[str]()
        for text in before:
            y = _svg_text(parts, text, y)
        for heading, material in self._blocks():
            y = _svg_text(parts, heading, y)
            code = qr_codes.drawn(to_code(material), on_paper=True)
            scale = f"translate(14 {y - 4:g}) scale({60 / code.width:.4f})"
            parts.append(f'<path shape-rendering="crispEdges" transform="{scale}" d="{code.path}"/>')
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
        """A heading and the material of each key."""
        for number, (key_id, material) in enumerate(self.keys.items()):
            age = "the only one" if len(self.keys) == 1 else "older" if number else "the newest"
            yield f"Key {key_id} ({age}), written down on {self.day.isoformat()}", material

    def _prose(self, action: str) -> tuple[list[str], list[str]]:
        """The paragraphs before and after the keys."""
        is_single = len(self.keys) == 1
        these = "this key" if is_single else "these keys"
        title = f"Nightlight: {'a key' if is_single else 'keys'} for a safe, kept {self.location}"
        return [title, _PURPOSE.format(these=these)], [_USAGE.format(action=action), _AFTER_ROTATION]

    def _text(self, action: str, render: Callable[[bytes], str]) -> str:
        before, after = ([_wrap(text) for text in texts] for texts in self._prose(action))
        blocks = [f"{heading}\n\n{render(material)}" for heading, material in self._blocks()]
        return "\n\n".join([*before, *blocks, *after]) + "\n"


def _wrap(text: str) -> str:
    return textwrap.fill(text, 88, break_long_words=False, break_on_hyphens=False)


def _word_rows(words: list[str]) -> str:
    numbered = [f"{number:>3}. {word:<10}" for number, word in enumerate(words, start=1)]
    return "\n".join("".join(numbered[start : start + 4]).rstrip() for start in range(0, WORDS, 4))


def _svg_text(parts: list[str], text: str, y: float) -> float:
    """Append a paragraph at height `y` (mm); returns the height for what follows."""
    for line in _wrap(text).splitlines():
        parts.append(f'<text x="14" y="{y:g}">{html.escape(line)}</text>')
        y += 5.5
    return y + 3


class _Terminal(io.StringIO):
    """Collects output and passes for a terminal, which the library insists on for colour codes."""

    def isatty(self) -> bool:
        return True


def _draw(text: str, *, terminal: bool) -> str:
    output = _Terminal() if terminal else io.StringIO()
    qr_codes.encoded(text, on_paper=True).print_ascii(output, tty=terminal)
    lines = output.getvalue().splitlines()
    return "\n".join(line if terminal else line.replace("\xa0", " ").rstrip() for line in lines)
