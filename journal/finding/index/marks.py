"""Where in a text that what was searched for stands: marked on the entry's page, and as a beginning in context for lists."""

import html
import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from journal import markup
from journal.finding.index.languages import languages, root, stems
from journal.finding.index.queries import Query, Term
from journal.finding.index.words import Place, aligned, places

type Span = tuple[int, int]

BEFORE = 70  # characters of context before a match
NEAR = 160  # characters: matches so near to each other are seen together
_LOOKED_AT = 1_500  # characters of a text that an excerpt is made of


def _matching(term: Term, words: set[str], written_in: Iterable[str]) -> set[str]:
    """Those of these words that a term of one word finds."""
    [word] = term.words
    found = {word} & words
    if term.is_beginning:
        found |= {other for other in words if other.startswith(word)}
    for language in written_in:
        if stem := term.stems.get(language):
            beginning = root(stem)
            candidates = [other for other in words if other.startswith(beginning)]
            found |= {other for other, its_stem in zip(candidates, stems(candidates, language), strict=True) if its_stem == stem}
    return found


def spans(text: str, query: Query) -> list[Span]:
    """Where the wanted terms stand in the text, in order and apart from each other."""
    signs = aligned(text)
    in_text = places(text) if signs is None else []
    words = {place.word for place in in_text} if signs is None else set(signs.replace("'", " ").split())
    written_in = languages(words)
    single, rows = set[str](), list[Term]()
    for term in query.wanted:
        if len(term.words) == 1:
            single |= _matching(term, words, written_in)
        elif words.issuperset(term.words[:-1]):
            rows.append(term)
    if signs is None:
        found = [(place.start, place.end) for place in in_text if place.word in single]
        found += (span for term in rows for span in _in_a_row(term, in_text))
    else:
        patterns = [f"(?:{'|'.join(map(re.escape, sorted(single)))})"] if single else []
        patterns += [_ROW.join(map(re.escape, term.words)) + ("[^ ']*" if term.is_beginning else "") for term in rows]
        found = [match.span() for pattern in patterns for match in re.finditer(rf"(?<![^ ']){pattern}(?:'s)?(?![^ '])", signs)]
    return list(_apart(sorted(found)))


_ROW = "(?:'s)?[ ']+"  # between two words in a row, of signs that are aligned


def _in_a_row(term: Term, in_text: list[Place]) -> Iterator[Span]:
    *before, last = term.words
    for at in range(len(in_text) - len(before)):
        row = in_text[at : at + len(before) + 1]
        is_last = row[-1].word.startswith(last) if term.is_beginning else row[-1].word == last
        if is_last and [place.word for place in row[:-1]] == before:
            yield row[0].start, row[-1].end


def _apart(ordered: list[Span]) -> Iterator[Span]:
    """Spans that overlap, joined."""
    start, end = -1, -1
    for span in ordered:
        if span[0] >= end:
            if end > start:
                yield start, end
            start, end = span
        else:
            end = max(end, span[1])
    if end > start:
        yield start, end


def _mark(text: str, found: Iterable[Span]) -> SafeString:
    """The text, escaped, with these in <mark>."""
    parts, end = list[str](), 0
    for start, stop in found:
        parts += [escape(text[end:start]), "<mark>", escape(text[start:stop]), "</mark>"]
        end = stop
    return mark_safe("".join([*parts, escape(text[end:])]))  # noqa: S308  every part is escaped


def marked_text(text: str, query: Query) -> SafeString:
    """A plain text, escaped, with what the query finds in <mark>."""
    return _mark(text, spans(text, query) if query.wanted else ())


def excerpt(text: str, query: Query) -> SafeString:
    """Some lines of a text around the place where most of what was searched for stands together; "" where none of it does."""
    found = spans(text, query)
    if not found:
        return SafeString()
    start = _beginning(text, _best(text, found))
    shown = ("… " if text[:start].strip() else "") + markup.excerpt(text[start : start + _LOOKED_AT])
    return marked_text(shown, query)


def _best(text: str, found: list[Span]) -> int:
    """The first of the matches that have most different ones close behind them."""
    best, most, last = found[0][0], 0, 0
    for first, (start, _end) in enumerate(found):
        last = max(last, first)
        while last < len(found) and found[last][1] <= start + NEAR:
            last += 1
        different = len({text[one:other].casefold() for one, other in found[first : min(last, first + 12)]})
        if different > most:
            best, most = start, different
    return best


def _beginning(text: str, match: int) -> int:
    """Where an excerpt begins so that the match is in its first line or two: at a line or, where that is too long, at a word."""
    earliest = max(0, match - BEFORE)
    if earliest == 0:
        return 0
    if (line := text.rfind("\n", earliest, match)) >= 0:
        return line + 1
    space = text.find(" ", earliest, match)
    return space + 1 if space >= 0 else match


# --- In HTML.

_INLINE = frozenset("a abbr b bdi code del em i ins kbd mark q s small span strong sub sup u".split())


class _Reader(HTMLParser):
    """Takes sanitised HTML apart: `parts` are as they were written, `texts` what those of them that are text say."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.parts: list[str] = []
        self.texts: dict[int, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._tag(tag, self.get_starttag_text() or "")

    handle_startendtag = handle_starttag

    def handle_endtag(self, tag: str) -> None:
        self._tag(tag, f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self._text(data, data)

    def handle_entityref(self, name: str) -> None:
        self._text(f"&{name};", html.unescape(f"&{name};"))

    def handle_charref(self, name: str) -> None:
        self._text(f"&#{name};", html.unescape(f"&#{name};"))

    def _tag(self, tag: str, written: str) -> None:
        if tag not in _INLINE:
            self.texts[len(self.parts)] = "\n"  # what stands before and behind it are not one word
            self.parts.append("")
        self.parts.append(written)

    def _text(self, written: str, text: str) -> None:
        self.texts[len(self.parts)] = text
        self.parts.append(written)


def marked(rendered: SafeString, query: Query) -> SafeString:
    """Sanitised HTML with what the query finds in <mark>: in its text, never in a tag. The work is linear in its length."""
    if not query.wanted:
        return rendered
    reader = _Reader()
    reader.feed(rendered)
    reader.close()
    found = iter(spans("".join(reader.texts.values()), query))
    span = next(found, None)
    at, parts = 0, reader.parts
    for number, text in reader.texts.items():
        end, inside = at + len(text), list[Span]()
        while span is not None and span[0] < end:
            inside.append((max(span[0], at) - at, min(span[1], end) - at))
            if span[1] > end:
                break
            span = next(found, None)
        if inside and parts[number]:
            parts[number] = _mark(text, (each for each in inside if each[1] > each[0]))
        at = end
    return mark_safe("".join(parts))  # noqa: S308  the same HTML, with marks around what is escaped
