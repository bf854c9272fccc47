"""`journal.guide_texts`: a guide's questions stand apart from what was answered, wherever its text is read."""

import pytest
import time_machine
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from journal import guide_texts, markup
from journal.nights.guide_pages import join_answers
from journal.sharing import shares
from prompts.library import guides, translations
from tests.helpers import EVENING, read, signed_in
from tests.sharing import Sharing, edit, url

ASKS = [part.ask for part in guides.read()["i-lost-my-temper"].parts]
EVERY_GUIDE = [guide for language in ("en", *translations.languages()) for guide in guides.read(language).values()]
LINES = st.sampled_from(
    ["", "Hands.", "**Hands**", "**so** tired", f"**{ASKS[0]}**", f"**{ASKS[1]}** he said", "<b>", "# Mon", "- one", "&amp;"]
)
TEXTS = st.lists(LINES | st.text(max_size=9), max_size=9).map("\n\n".join)


def headings(html: str) -> list[str]:
    return [heading.get_text() for heading in BeautifulSoup(html, "html.parser").select("h2.ask")]


@pytest.mark.parametrize("guide", EVERY_GUIDE, ids=lambda guide: f"{guide.language}-{guide.slug}")
def test_every_question_of_every_guide_stands_apart(guide: guides.GuideText) -> None:
    asks = [part.ask for part in guide.parts]
    text = join_answers(asks, [f"Answer {n}." for n in range(len(asks))])

    assert headings(guide_texts.apart(markup.render(text))) == asks
    assert guide_texts.answers(text) == " · ".join(f"Answer {n}." for n in range(len(asks)))
    assert guide_texts.preview(" ".join(f"{ask} Answer {n}." for n, ask in enumerate(asks))) == guide_texts.answers(text)


@given(TEXTS)
def test_no_word_is_changed_and_nothing_else_becomes_a_question(text: str) -> None:
    rendered = markup.render(text)

    html = guide_texts.apart(rendered)

    assert BeautifulSoup(html, "html.parser").get_text() == BeautifulSoup(rendered, "html.parser").get_text()
    assert set(headings(html)) <= set(ASKS)
    assert html.replace('<h2 class="ask">', "<p><strong>").count("<p><strong>") == rendered.count("<p><strong>")


def test_what_somebody_made_bold_stays_bold() -> None:
    for text in ("**I am so sorry.**", f"**{ASKS[0]}** he asked.", f"**{ASKS[0]}**\nHands.", f"> **{ASKS[0]}** no", "**<script>**"):
        assert "<strong>" in guide_texts.apart(markup.render(text))
        assert headings(guide_texts.apart(markup.render(text))) == []


def test_an_answer_without_its_question_is_its_own_preview() -> None:
    assert guide_texts.answers("Only this.\n\nAnd **that**.") == "Only this.\n\nAnd **that**."
    assert guide_texts.answers(f"**{ASKS[0]}**\n\n") == ""
    for excerpt in ("Only this. And that.", f"I read “{ASKS[0]}” and laughed."):
        assert guide_texts.preview(excerpt) == excerpt


@pytest.mark.django_db
@time_machine.travel(EVENING, tick=False)
def test_they_stand_apart_in_what_was_shared_too(sharing: Sharing) -> None:
    entry = edit(sharing, join_answers(ASKS, ["Hands.", "", "Startled.", "", ""]))
    share = shares.share(sharing.parent, sharing.connection, entry, EVENING)
    counselor = signed_in(sharing.counselor)
    counselor.post(url(share, "open/"))

    for client in (signed_in(sharing.parent), counselor):
        assert [ask.get_text() for ask in read(client, url(share)).select(".reading h2.ask")] == [ASKS[0], ASKS[2]]
