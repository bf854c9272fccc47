"""Typesetting, read back from the PDF: its letters, bookmarks and numbers, where its pages end, and that it fetches nothing."""

import datetime as dt
import functools
import io
import itertools
import logging
import random
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils.safestring import SafeString
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from journal import markup
from journal.exchange.book.drawings import Drawings
from journal.exchange.book.pages import BookPage, Month, readable
from journal.exchange.book.sizes import Size

pytest.importorskip("weasyprint", exc_type=ImportError)
from journal.exchange.book.typesetting import Book, OwnFonts

DRAWINGS = Drawings()


def page(question: str, html: str, feeling: str = "") -> BookPage:
    return BookPage(
        evening="Friday, 20 November",
        label=f"Friday, 20 November · {question}",
        question=question,
        feeling=DRAWINGS[feeling],
        html=readable(SafeString(html)),
    )


def typeset(pages: dict[Month, list[BookPage]], size: Size = Size.A5, title: str = "Our year") -> PdfReader:
    book = Book(size, title, list(pages))
    for month, of_month in pages.items():
        book.add(month, of_month)
    target = io.BytesIO()
    count = book.write(target)
    reader = PdfReader(target)
    assert len(reader.pages) == count
    return reader


@functools.lru_cache(maxsize=64)
def lines(reader: PdfReader, number: int) -> list[str]:
    """The lines of the page of this number, from 1: the running head and the page's number among them."""
    return [line.strip() for line in reader.pages[number - 1].extract_text().splitlines() if line.strip()]


def written(reader: PdfReader, number: int) -> list[str]:
    """Its lines without the running head and the page's number."""
    return [line for line in lines(reader, number) if not line.isdecimal() and not re.fullmatch(r"[A-Z][a-z]+ \d{4}", line)]


def one_month(html: str, question: str = "What was it?") -> PdfReader:
    return typeset({Month(dt.date(2026, 11, 1), 1): [page(question, html)]})


@pytest.fixture(scope="module")
def year() -> PdfReader:
    """Fourteen months of evenings of many lengths; each word says of which paragraph it is."""
    chance, number = random.Random(14), itertools.count()  # noqa: S311  the same lengths each time
    months = {}
    for first in [dt.date(2025, 11, 1), dt.date(2025, 12, 1), *(dt.date(2026, month, 1) for month in range(1, 13))]:
        evenings = []
        for evening in range(6):
            paragraphs = [f"<p>{f'w{next(number):04} ' * chance.randrange(3, 60)}</p>" for _paragraph in range(chance.randrange(1, 5))]
            if evening == 3:
                paragraphs.insert(1, f"<h2>Heading {next(number):04}?</h2>")
            if evening == 4:
                paragraphs.insert(0, f"<p><strong>Bold {next(number):04}?</strong></p>")
            evenings.append(page(f"Question {next(number):04}?", "".join(paragraphs), "heavy" if evening % 2 else ""))
        months[Month(first, len(evenings))] = evenings
    return typeset(months)


class BookTests:
    def test_all_its_letters_are_literata_and_embedded(self, year: PdfReader) -> None:
        fonts = {}
        for each in year.pages:
            resources: Any = each["/Resources"]
            for font in resources["/Font"].values():
                descendant = font["/DescendantFonts"][0].get_object()
                fonts[font["/BaseFont"]] = "/FontFile2" in descendant["/FontDescriptor"] or "/FontFile3" in descendant["/FontDescriptor"]
        assert fonts
        assert all(re.fullmatch(r"/[A-Z]{6}\+Literata(-[A-Za-z-]+)?", name) for name in fonts), fonts
        assert all(fonts.values())

    def test_the_contents_name_the_page_on_which_each_month_begins(self, year: PdfReader) -> None:
        contents = " ".join(lines(year, 2))
        found = re.findall(r"([A-Z][a-z]+)\s+(\d+)(?= |$)", contents.replace("Contents", ""))
        assert [name for name, _number in found][:3] == ["November", "December", "January"]
        assert len(found) == 14
        for name, number in found:
            assert any(line.startswith(f"{name} 20") for line in lines(year, int(number))), f"{name} on page {number}"
            assert not any(line.startswith(f"{name} 2026") for line in lines(year, int(number) - 1)) or name in {"November", "December"}

    def test_each_page_bears_its_number_and_the_first_none(self, year: PdfReader) -> None:
        assert not any(line.isdecimal() for line in lines(year, 1))
        for number in range(2, len(year.pages) + 1):
            assert str(number) in lines(year, number)

    def test_bookmarks_lead_to_months_and_evenings(self, year: PdfReader) -> None:
        tops = [mark for mark in year.outline if not isinstance(mark, list)]
        assert [mark.title for mark in tops[:4]] == ["Our year", "Contents", "November 2025", "December 2025"]
        evenings: Any = next(mark for mark in year.outline if isinstance(mark, list))
        assert len(evenings) == 6
        assert re.match(r"Friday, 20 November · Question \d", evenings[0].title)
        number = year.get_destination_page_number(tops[3])
        assert number is not None
        assert any(line.startswith("December 2025") for line in lines(year, number + 1))

    def test_no_page_ends_with_a_heading(self, year: PdfReader) -> None:
        ends = [written(year, number)[-1] for number in range(3, len(year.pages) + 1)]
        assert not [line for line in ends if not line.startswith("w")]

    def test_no_paragraph_leaves_a_single_line_on_a_page(self, year: PdfReader) -> None:
        parts: dict[str, list[int]] = {}
        for number in range(3, len(year.pages) + 1):
            words = [found[0] for line in lines(year, number) if (found := re.match(r"w\d{4}", line))]
            for word, group in itertools.groupby(words):
                parts.setdefault(word, []).append(len(list(group)))
        split = {word: counts for word, counts in parts.items() if len(counts) > 1}
        assert split, "some paragraph goes over the end of a page"
        assert not {word: counts for word, counts in split.items() if min(counts) < 2}

    def test_its_title_stands_on_the_first_page_and_in_the_file(self, year: PdfReader) -> None:
        assert lines(year, 1) == ["Our year", "November 2025 to December 2026"]
        assert year.metadata is not None
        assert year.metadata.title == "Our year"


@pytest.mark.parametrize(("size", "millimetres"), [(Size.A5, (148, 210)), (Size.A4, (210, 297)), (Size.LETTER, (216, 279))])
def test_paper(size: Size, millimetres: tuple[int, int]) -> None:
    reader = typeset({Month(dt.date(2026, 11, 1), 1): [page("What was it?", "<p>The heron.</p>", "bright")]}, size)
    for each in reader.pages:
        assert (round(each.mediabox.width / 72 * 25.4), round(each.mediabox.height / 72 * 25.4)) == millimetres
    assert "Bright" in " ".join(lines(reader, 3))


class HostileTextTests:
    @pytest.fixture(autouse=True)
    def no_network(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        reached: list[object] = []
        monkeypatch.setattr(socket.socket, "connect", lambda _self, address: reached.append(address))
        yield
        assert not reached

    def test_a_book_fetches_nothing(self, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
        """Sanitised pages hold none of this: a second wall, should the first have a hole."""
        secret = tmp_path / "secret.svg"
        secret.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>hidden heron</text></svg>')
        address = secret.as_uri()
        with caplog.at_level(logging.DEBUG):
            reader = one_month(
                f'<p>Before.</p><img src="{address}" alt=""><img src="http://127.0.0.1:9/x.png" alt=""><object data="{address}"></object>'
                f'<link rel="attachment" href="{address}"><link rel="stylesheet" href="{address}"><style>@import "{address}";</style>'
                f'<p style="background: url({address})">Behind.</p><svg><image href="{address}"/><use href="{address}#x"/></svg>'
                f'<a rel="attachment" href="{address}">Link</a><img src="data:image/svg+xml,<svg/>" alt=""><img src="book-font:../../css/base.css" alt="">'
            )
        words = " ".join(" ".join(lines(reader, number)) for number in range(1, len(reader.pages) + 1))
        assert "Before." in words
        assert "Behind." in words
        assert "hidden" not in words
        assert not reader.attachments
        assert "heron" not in caplog.text
        assert not {"weasyprint", "fontTools"} & {record.name.split(".")[0] for record in caplog.records}, "notes quote what people wrote"

    @pytest.mark.parametrize(
        "url", ["file:///etc/hostname", "http://example.org/", "book-font:../README.md", "book-font:missing.woff2", "data:,x"]
    )
    def test_only_own_fonts_are_given(self, url: str) -> None:
        with pytest.raises(ValueError, match="fetches nothing"):
            OwnFonts().fetch(url)
        assert OwnFonts().fetch("book-font:literata-latin-wght-normal.woff2").read(4) == b"wOF2"

    def test_a_title_is_only_ever_words(self) -> None:
        reader = typeset({Month(dt.date(2026, 11, 1), 1): [page("<b>Q</b>?", "<p>A.</p>")]}, title="</title><script>x & y")
        assert lines(reader, 1)[0] == "</title><script>x & y"
        assert "<b>Q</b>?" in lines(reader, 3)

    def test_what_is_longer_than_a_line_is_broken(self) -> None:
        reader = one_month(f"<p>{'x' * 400}</p><pre><code>{'y' * 400}</code></pre><table><tr>{'<td>zzzz</td>' * 40}</tr></table>")
        words = "".join("".join(lines(reader, number)) for number in range(3, len(reader.pages) + 1))
        assert words.count("x") == 400
        assert words.count("y") - "What was it? Friday, 20 November".count("y") >= 400

    @pytest.mark.parametrize("letter", ["x", "&amp;", "é"])
    def test_a_word_without_end_gets_places_to_be_broken_at(self, letter: str) -> None:
        """Breaking one takes the square of its length: a minute for the longest page."""
        word = f'<p><a href="https://example.org/{"y" * 3000}">{letter * 3000}</a></p>'
        html = readable(SafeString(word))
        assert html.replace("&#8203;", "") == word
        assert max(len(part) for part in html.partition("</a>")[0].split(">")[-1].split("&#8203;")) == 60 * len(letter)
        assert "y" * 3000 in html, "an address stays as it is"

    @given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=200), min_size=1, max_size=8))
    @settings(max_examples=3)
    def test_any_texts_give_a_book(self, texts: list[str]) -> None:
        reader = typeset({Month(dt.date(2026, 11, 1), len(texts)): [page(text, markup.render(text)) for text in texts]})
        assert len(reader.pages) >= 3
