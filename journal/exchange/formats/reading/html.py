"""HTML of other journals as Markdown. Only what is known here comes through, as text or as a sign of Markdown; never a tag.

Takes time in proportion to the text, whatever stands in it, and does not go deeper the deeper it is nested.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_TOKEN = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,15})\b([^<>]*)>|<![^<>]*>|[^<]+|<")
_ATTRIBUTE = re.compile(
    r"""\b(href|src|alt|type|checked|data-checked|data-list)\b(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""", re.IGNORECASE
)
_ANY_SIGN = re.compile(r"[\\*`~_]")
_SIGNS = re.compile(r"[\\`]|~~|(?<!\s)\*|\*(?!\s)|(?<![^\W_])_|_(?![^\W_])")
_STARTS = re.compile(r"(\d{0,9})(#{1,6}(?=\s)|[-+*](?=\s)|>|(?<=\d)[.)](?=\s))")
_LINK = re.compile(r"(?:https?|mailto|tel):[^\s<>()]+", re.IGNORECASE)

_MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*", "s": "~~", "del": "~~", "strike": "~~", "code": "`"}
_BLOCKS = frozenset(
    "address article aside body div dd dl dt figcaption figure footer header html main nav p section table tbody thead tr".split()
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_HIDDEN = frozenset("head iframe math noscript object script style svg template textarea title".split())
_CODE = frozenset({"script", "style"})
_DEEPEST = 6  # lists and quotations within one another; deeper ones come out beside the last


@dataclass
class _Paragraph:
    """What is gathered until a block ends."""

    parts: list[str] = field(default_factory=list)
    open: list[tuple[str, int]] = field(default_factory=list)  # marks, and where in `parts` each began


class _Writer:
    def __init__(self, text: str) -> None:
        lower = text.lower() if "</" in text else ""
        self._ends = {tag: lower.rfind(f"</{tag}") for tag in _HIDDEN}
        self.blocks: list[tuple[str, str, bool]] = []  # what stands before the first line, the text, whether it follows tightly
        self.pictures: list[str] = []
        self._paragraph = _Paragraph()
        self._outer: list[str] = []  # "> ", "- " or "1. ", the outermost first
        self._numbers: list[int] = []
        self._item = ""  # the sign of an item that has begun
        self._heading = 0
        self._is_code = False
        self._hidden = ""

    # --- Tokens.

    def text(self, text: str) -> None:
        if self._hidden:
            return
        text = html.unescape(text) if "&" in text else text
        if self._is_code:
            self._paragraph.parts.append(text)
        else:
            text = _single_spaced(text)
            if _ANY_SIGN.search(text):
                text = _SIGNS.sub(lambda sign: "".join(f"\\{letter}" for letter in sign[0]), text)
            self._paragraph.parts.append(text)

    def begin(self, tag: str, attributes: str, at: int) -> None:
        """`at` is where it stands: what is never closed hides nothing, but for code."""
        if self._hidden:
            return
        if tag in _HIDDEN:
            is_closed = not attributes.rstrip().endswith("/") and (tag in _CODE or self._ends.get(tag, -1) > at)
            self._hidden = tag if is_closed else ""
        elif tag in _MARKS:
            self._open(_MARKS[tag])
        elif tag == "a":
            address = _attributes(attributes).get("href", "").strip()
            self._open(f"]({address})" if _LINK.fullmatch(address) else "")
        elif tag == "br":
            self._paragraph.parts.append("\n")
        elif tag == "img":
            self.pictures.append(_attributes(attributes).get("src", ""))
        elif tag == "input":
            said = _attributes(attributes)
            if said.get("type") == "checkbox":
                self._paragraph.parts.append("[x] " if "checked" in said else "[ ] ")
        elif tag == "hr":
            self._end_block()
            self.blocks.append((self._prefix(), "---", False))
        else:
            self._begin_block(tag)

    def _begin_block(self, tag: str) -> None:
        if tag in _HEADINGS:
            self._end_block()
            self._heading = _HEADINGS[tag]
        elif tag in {"ul", "ol", "blockquote"}:
            self._end_block()
            self._outer.append({"ul": "- ", "ol": "1. ", "blockquote": "> "}[tag])
            self._numbers.append(0)
        elif tag == "li":
            self._end_block()
            self._begin_item()
        elif tag == "pre":
            self._end_block()
            self._is_code = True
        elif tag in {"td", "th"}:
            self._paragraph.parts.append(" ")
        elif tag in _BLOCKS:
            self._end_block()

    def end(self, tag: str) -> None:
        if self._hidden:
            self._hidden = "" if tag == self._hidden else self._hidden
        elif tag in _MARKS:
            self._close(_MARKS[tag])
        elif tag == "a":
            self._close("](")
        elif tag in {"ul", "ol", "blockquote"}:
            self._end_block()
            if self._outer:
                self._outer.pop()
                self._numbers.pop()
        elif tag == "pre":
            self._end_block()
            self._is_code = False
        elif tag in _HEADINGS or tag == "li" or tag in _BLOCKS:
            self._end_block()
            self._heading = 0

    def finish(self) -> str:
        self._end_block()
        out: list[str] = []
        quoted = ""
        for prefix, text, is_tight in self.blocks:
            if out:
                is_same_quotation = prefix.startswith("> ") and quoted.startswith("> ")
                out.append("\n" if is_tight else "\n>\n" if is_same_quotation else "\n\n")
            quoted = prefix
            rest = "".join(sign if sign == "> " else " " * len(sign) for sign in _signs(prefix))
            out.append(prefix + text.replace("\n", f"\n{rest}"))
        return "".join(out)

    # --- Blocks.

    def _begin_item(self) -> None:
        if not self._outer or self._outer[-1] == "> ":
            self._item = "- "  # an item without a list
            return
        self._numbers[-1] += 1
        self._item = "- " if self._outer[-1] == "- " else f"{self._numbers[-1]}. "

    def _prefix(self) -> str:
        outer = self._outer[-_DEEPEST:]
        if self._item:
            before = outer[:-1] if outer and outer[-1] != "> " else outer
            return "".join(sign if sign == "> " else " " * len(sign) for sign in before) + self._item
        return "".join(sign if sign == "> " else " " * len(sign) for sign in outer)

    def _end_block(self) -> None:
        paragraph, self._paragraph = self._paragraph, _Paragraph()
        for _mark, at in reversed(paragraph.open):
            paragraph.parts[at] = ""
        text = "".join(paragraph.parts)
        if self._is_code:
            text = text.strip("\n")
            if text.strip():
                fence = "````" if "```" in text else "```"
                self.blocks.append((self._prefix(), f"{fence}\n{text}\n{fence}", False))
                self._item = ""
            return
        text = "\n".join(line.strip() for line in text.strip().split("\n"))
        if not text:
            return
        if self._heading:
            text = "#" * self._heading + " " + text.replace("\n", " ").replace("**", "")
        else:
            text = "\n".join(
                f"{start[1]}\\{line[start.start(2) :]}" if (start := _STARTS.match(line)) else line for line in text.split("\n")
            )
        is_item = bool(self._item)
        was_item = bool(self.blocks) and self.blocks[-1][0].rstrip()[-1:] in {"-", "."}
        self.blocks.append((self._prefix(), text, is_item and was_item))
        self._item = ""

    # --- Signs around words.

    def _open(self, mark: str) -> None:
        if mark and not self._is_code and len(self._paragraph.open) < 8 and all(mark != other for other, _at in self._paragraph.open):
            self._paragraph.open.append((mark, len(self._paragraph.parts)))
            self._paragraph.parts.append("")

    def _close(self, mark: str) -> None:
        """Puts the sign around the words since it was opened, and not around the spaces beside them. What was opened since is forgotten."""
        at = next(
            (
                number
                for number, (other, _at) in enumerate(self._paragraph.open)
                if other == mark or (mark == "](" and other.startswith(mark))
            ),
            None,
        )
        if at is None:
            return
        mark, begin = self._paragraph.open[at]
        parts = self._paragraph.parts
        inner = "".join(parts[begin:])
        words = inner.strip()
        del parts[begin:], self._paragraph.open[at:]
        if not words:
            parts.append(inner)
            return
        opening = "[" if mark.startswith("](") else mark
        before, after = inner[: len(inner) - len(inner.lstrip())], inner[len(inner.rstrip()) :]
        if "\n" in words and opening != "[":
            words = f"{mark}\n{mark}".join(words.split("\n")) if mark != "`" else words.replace("\n", " ")
        parts.append(f"{before}{opening}{words}{mark}{after}")


def to_markdown(text: str) -> tuple[str, list[str]]:
    """The text as Markdown, and the addresses of the pictures in it, which it no longer holds."""
    text = _without_comments(text)
    writer = _Writer(text)
    for token in _TOKEN.finditer(text):
        if token[2] and token[1]:
            writer.end(token[2].lower())
        elif token[2]:
            writer.begin(token[2].lower(), token[3], token.start())
        elif not token[0].startswith("<!"):
            writer.text(token[0])
    return writer.finish(), writer.pictures


def _without_comments(text: str) -> str:
    if "<!--" not in text:
        return text
    first, *rest = text.split("<!--")
    return first + "".join(part.partition("-->")[2] if "-->" in part else part for part in rest)


def _single_spaced(text: str) -> str:
    """The text with single spaces, also where it begins or ends with white space."""
    before, after = " " if text[:1].isspace() else "", " " if text[-1:].isspace() else ""
    words = " ".join(text.split())
    return before + words + after if words else before


def _attributes(text: str) -> dict[str, str]:
    return {name.lower(): html.unescape(one or two or three) for name, one, two, three in _ATTRIBUTE.findall(text)}


def _signs(prefix: str) -> Iterator[str]:
    """The signs that a prefix is made of."""
    while prefix:
        sign = "> " if prefix.startswith("> ") else prefix.split("> ", 1)[0] if "> " in prefix else prefix
        yield sign
        prefix = prefix[len(sign) :]
