"""`/prompts/where-to-start/` in a browser: the quiz with scripts and without, and the first screen after every answer."""

from itertools import chain, combinations, product

import pytest
from django.test import Client
from django.utils import translation
from playwright.sync_api import Browser, Page, expect

from prompts import helplines
from prompts.helplines import ShownCountry
from prompts.library import quiz
from tests.browser.axe import be_clean
from tests.helpers import element, parsed

Answers = dict[str, tuple[str, ...]]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_the_quiz_leads_to_a_path_and_help_comes_first_where_it_is_due(
    browser: Browser, live_server: object, scripts: bool, library: None
) -> None:
    context = browser.new_context(base_url=str(live_server), locale="en-GB", java_script_enabled=scripts)
    page = context.new_page()
    for last in (0, -1):  # the first answer to the last question says that all is safe, its last that it is not
        page.goto("/prompts/where-to-start/")
        for question in quiz.read().questions:
            answers = page.get_by_role("group", name=question.ask).get_by_role("checkbox" if question.several else "radio")
            (answers.first if question is not quiz.read().questions[-1] or last == 0 else answers.last).check()
        page.get_by_role("button", name="See the result").click()

        assert page.url.endswith("/prompts/where-to-start/")
        expect(page.get_by_role("list", name="Numbers to call", exact=True)).to_have_count(0 if last == 0 else 1)
        expect(page.locator("article h2").first).to_be_visible(visible=last == 0)
        if scripts:
            be_clean(page)
    page.get_by_text("The paths, whenever you’re ready").click()
    expect(page.locator("article").first.get_by_text("Begin")).to_be_visible()
    page.get_by_role("link", name="Numbers in other countries").click()
    expect(page.get_by_role("heading", name="Help", exact=True)).to_be_visible()
    context.close()


def test_an_open_question_of_the_quiz_is_marked_and_the_others_stay_answered(page: Page, transactional_db: None) -> None:
    page.goto("/prompts/where-to-start/")
    first = page.get_by_role("group", name=quiz.read().questions[0].ask).get_by_role("radio").last
    first.check()
    page.get_by_role("button", name="See the result").click()

    expect(page.locator(".failures").get_by_role("link")).to_have_count(len(quiz.read().questions) - 1)
    expect(first).to_be_checked()


def first_screens(country: ShownCountry | None) -> dict[tuple[str, ...], Answers]:
    """The answers that lead to each first screen there is: of every combination that the page can send, one for each screen.

    What stands on it are the numbers to call, or where nothing asks for them the paths. Only the last question's answers ask
    for numbers: which of them were ticked decides alone which those are.
    """
    start = quiz.read()
    *others, last = start.questions
    assert not any(answer.help_first or answer.topics for question in others for answer in question.answers)
    every_other = [
        Answers({question.slug: (answer.slug,) for question, answer in zip(others, answers, strict=True)})
        for answers in product(*(question.answers for question in others))
    ]
    screens: dict[tuple[str, ...], Answers] = {}
    for ticked in chain.from_iterable(combinations(last.answers, count) for count in range(1, len(last.answers) + 1)):
        sent = {last.slug: tuple(answer.slug for answer in ticked)}
        if any(answer.help_first for answer in ticked):
            topics = helplines.topics(country, dict.fromkeys(topic for answer in ticked for topic in answer.topics))
            calls = helplines.calls(country, topics)
            screens.setdefault(("call", *(f"{call.tel} {call.who}" for call in calls)), every_other[0] | sent)
        else:
            for answers in every_other:
                screens.setdefault(("paths", *start.outcome(answers | sent).paths), answers | sent)
    return screens


# Puts each page's main part in the place of this one's, and tells what of it is in sight.
IN_SIGHT = """mains => mains.map(html => {
    const main = document.querySelector("main");
    main.innerHTML = html;
    const seen = (element) => {
        const box = element.getBoundingClientRect();
        return element.checkVisibility() && box.top >= 0 && box.bottom <= innerHeight;
    };
    const text = document.createTreeWalker(main, NodeFilter.SHOW_TEXT, (node) =>
        node.data.trim() ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_SKIP).nextNode();
    return {
        calls: [...main.querySelectorAll(".calls a")].filter(seen).length,
        begins: [...main.querySelectorAll("article .button.main")].filter(seen).length,
        paths: [...main.querySelectorAll("article h2")].filter(seen).length,
        sentence: seen(main.querySelector("h1")),
        firstWords: text.data,
        tooWide: document.documentElement.scrollWidth > innerWidth,
    };
})"""


@pytest.mark.browser_context_args(bypass_csp=True)  # the test itself puts one page's main part in the place of another's
@pytest.mark.parametrize("code", ["GB", ""])
def test_every_combination_of_answers_leads_to_numbers_or_to_a_path_that_can_be_begun_without_scrolling(
    page: Page, transactional_db: None, code: str
) -> None:
    with translation.override("en"):
        country = next((country for country in helplines.countries() if country.code == code), None)
        screens = first_screens(country)
    client = Client(headers={"accept-language": f"en-{code}" if code else "en"})
    mains = [element(parsed(client.post("/prompts/where-to-start/", answers)), "main").decode_contents() for answers in screens.values()]
    page.goto("/prompts/where-to-start/")

    for (kind, *shown), answers, seen in zip(screens, screens.values(), page.evaluate(IN_SIGHT, mains), strict=True):
        case = f"{answers} shows {shown}: {seen}"
        assert not seen["tooWide"], case
        if kind == "call":
            assert seen["firstWords"].replace(" ", "").isdigit() or "-" in seen["firstWords"], f"{case}: a number comes first"
            assert seen["calls"] >= min(len(shown), 4), f"{case}: the numbers are in sight"
            assert (seen["paths"], seen["begins"]) == (0, 0), f"{case}: paths stay folded"
            assert seen["sentence"], f"{case}: and one sentence"
        else:
            assert (seen["begins"], seen["sentence"]) >= (1, True), f"{case}: a path to begin is in sight"
