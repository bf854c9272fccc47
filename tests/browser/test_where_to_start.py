"""`/prompts/where-to-start/` in a browser: the quiz with scripts and without."""

import pytest
from playwright.sync_api import Browser, Page, expect

from prompts.library import quiz


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_the_quiz_leads_to_a_path_and_help_comes_first_where_it_is_due(
    browser: Browser, live_server: object, scripts: bool, library: None
) -> None:
    context = browser.new_context(base_url=str(live_server), java_script_enabled=scripts)
    page = context.new_page()
    for last in (0, -1):  # the first answer to the last question says that all is safe, its last that it is not
        page.goto("/prompts/where-to-start/")
        for question in quiz.read().questions:
            answers = page.get_by_role("group", name=question.ask).get_by_role("checkbox" if question.several else "radio")
            (answers.first if question is not quiz.read().questions[-1] or last == 0 else answers.last).check()
        page.get_by_role("button", name="See where it leads").click()

        assert page.url.endswith("/prompts/where-to-start/")
        expect(page.get_by_role("heading", name="First of all")).to_have_count(0 if last == 0 else 1)
        expect(page.locator("article h2").first).to_be_visible()
    page.get_by_role("link", name="To the page with people to call").click()
    expect(page.get_by_role("heading", name="Help", exact=True)).to_be_visible()
    context.close()


def test_an_open_question_of_the_quiz_is_marked_and_the_others_stay_answered(page: Page, transactional_db: None) -> None:
    page.goto("/prompts/where-to-start/")
    first = page.get_by_role("group", name=quiz.read().questions[0].ask).get_by_role("radio").last
    first.check()
    page.get_by_role("button", name="See where it leads").click()

    expect(page.get_by_text("A question is still open")).to_be_visible()
    expect(first).to_be_checked()
