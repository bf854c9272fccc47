"""On paper nothing is cut off: the PDF that a browser prints holds each word, within its margins."""

import io

import pytest
from playwright.sync_api import Page, PdfMargins
from pypdf import PdfReader
from pypdf.generic import RectangleObject

from accounts.models import Connection
from common.ids import new_id
from journal.history import revisions
from journal.models import Revision
from journal.sharing import replies
from tests.browser.conftest import SignIn
from tests.factories import make_entry
from tests.helpers import DAY, EVENING, TONIGHT
from tests.sharing import Sharing

pytestmark = [pytest.mark.usefixtures("library")]

WORD = "Donaudampfschifffahrt" * 12
ADDRESS = "https://example.org/" + "kettle/" * 30 + "end"
COLUMNS = 14
TABLE = "\n".join(
    [
        "|".join(f"Heading{n}" for n in range(COLUMNS)),
        "|".join(["---"] * COLUMNS),
        "|".join(f"cell{n}ofthisrow" for n in range(COLUMNS)),
    ]
)
CODE = "```\n" + "kettle " * 40 + "lastword\n" + "x" * 300 + "lastsign\n```"
TEXT = (
    f"{WORD}\n\n{ADDRESS}\n\n[here]({ADDRESS})\n\n{CODE}\n\n`{'y' * 200}lastcode`\n\n{TABLE}\n\n1. soup\n   - {WORD}\n\n     {CODE}\n\n"
    f"987. {'far ' * 60}\n\n> > {WORD}\n\n# {WORD}\n\nThe end."
)
SHOWN = [WORD, ADDRESS, "kettle " * 40 + "lastword", "x" * 300 + "lastsign", "y" * 200 + "lastcode", "987.", "Theend."]
SHOWN += [f"Heading{n}" for n in range(COLUMNS)] + [f"cell{n}ofthisrow" for n in range(COLUMNS)]


def printed(page: Page, *, landscape: bool = False) -> PdfReader:
    margin = PdfMargins(top="15mm", right="15mm", bottom="15mm", left="15mm")
    return PdfReader(io.BytesIO(page.pdf(format="A4", landscape=landscape, margin=margin)))


def text_of(pdf: PdfReader) -> str:
    """All that is written, without spaces: words may be broken anywhere. Cells that are broken are read line by line."""
    return "".join("".join(page.extract_text().split()) for page in pdf.pages)


def beyond_margins(pdf: PdfReader) -> list[str]:
    """What begins outside the space between the margins."""
    found: list[str] = []
    for page in pdf.pages:
        box: RectangleObject = page.mediabox
        left, right = float(box.left) + 30, float(box.right) - 30

        def look(text: str, cm: list[float], tm: list[float], *_font: object, left: float = left, right: float = right) -> None:
            at = tm[4] * cm[0] + cm[4]
            if text.strip() and not left <= at <= right:
                found.append(f"{text.strip()[:30]} at {at:.0f}")

        page.extract_text(visitor_text=look)
    return found


# Elements whose content is wider than they are, or that reach beyond the page, as it is laid out for paper.
CUT_OFF = """() => [...document.querySelectorAll("main *")].filter(element => {
    const box = element.getBoundingClientRect(), style = getComputedStyle(element);
    if (!box.width || style.position === "absolute") return false;
    return box.right > document.documentElement.clientWidth + 1
        || (style.display !== "inline" && element.scrollWidth > element.clientWidth + 1 && style.overflowX !== "visible");
}).map(element => `${element.tagName} ${element.className} to ${element.getBoundingClientRect().right} of ${document.documentElement.clientWidth}: `
    + element.textContent.trim().slice(0, 30))"""


def cut_off(page: Page) -> list[str]:
    page.set_viewport_size({"width": 680, "height": 1000})  # A4 without these margins
    page.emulate_media(media="print")
    found: list[str] = page.evaluate(CUT_OFF)
    return found


def without_spaces(text: str) -> str:
    return "".join(text.split())


def test_an_entry_is_printed_whole(page: Page, sign_in: SignIn, sharing: Sharing) -> None:
    entry = make_entry(sharing.stranger, text=TEXT)
    make_entry(sharing.stranger, night=TONIGHT - 2 * DAY)
    sign_in(sharing.stranger)
    page.goto(entry.get_absolute_url())

    assert cut_off(page) == []
    for landscape in (False, True):
        pdf = printed(page, landscape=landscape)
        text = text_of(pdf)
        missing = [shown for shown in SHOWN if without_spaces(shown) not in text and not shown.startswith(("Heading", "cell"))]
        assert missing == []
        assert text.count(WORD) == TEXT.count(WORD)
        assert [link for link in ("Journal", "Older", "Edit", "Delete") if link in text] == []
        assert beyond_margins(pdf) == []


def test_every_cell_of_a_wide_table_is_printed(page: Page, sign_in: SignIn, sharing: Sharing) -> None:
    """A cell's letters may stand below each other: they are counted."""
    entry = make_entry(sharing.stranger, text=TABLE)
    sign_in(sharing.stranger)
    page.goto(entry.get_absolute_url())

    pdf = printed(page)

    text = text_of(pdf)
    cells = without_spaces(TABLE.replace("|", "").replace("---", ""))
    assert all(text.count(letter) >= cells.count(letter) for letter in set(cells))
    assert beyond_margins(pdf) == []


def test_what_was_shared_and_answered_is_printed_whole(page: Page, sign_in: SignIn, sharing: Sharing) -> None:
    Connection.objects.update(informed_at=EVENING)
    share = sharing.share(text=TEXT, night=TONIGHT - DAY)
    replies.reply(sharing.counselor, share, new_id(), CODE, EVENING)
    sign_in(sharing.parent)
    page.goto(f"/journal/shared/{share.pk}/")

    assert cut_off(page) == []
    text = text_of(printed(page))
    assert "x" * 300 + "lastsign" in text
    assert WORD in text


def test_an_earlier_text_and_how_it_differs_is_printed_whole(page: Page, sign_in: SignIn, sharing: Sharing) -> None:
    entry = make_entry(sharing.stranger, text=TEXT)
    revisions.keep(entry, Revision.Kind.EARLIER, EVENING)
    sign_in(sharing.stranger)
    page.goto(f"/journal/{entry.pk}/history/{Revision.objects.get().pk}/")

    assert cut_off(page) == []
    text = text_of(printed(page))
    assert "x" * 300 + "lastsign" in text
    assert WORD in text
