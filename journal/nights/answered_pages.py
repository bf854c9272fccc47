"""A night's page under the question that its answer was written to, whatever became of that question since."""

from dataclasses import replace

from accounts.models import User
from journal.models import Mode
from journal.nights.night_pages import NightPage
from prompts import questions, received


def in_mode(page: NightPage, mode: Mode) -> NightPage:
    """The page in the mode in which it was open, whatever the night was set to since."""
    if page.mode == mode:
        return page
    return replace(page, mode=mode, question=None, step=None, received=None)


def asking(author: User, page: NightPage, slug: str | None, words: str) -> NightPage:
    """The page with this question, in these words: those that stood on it when it was answered, whatever became of them since.

    No query where it asks that question anyway.
    """
    if page.mode != Mode.QUESTION or not words:
        return page
    question = page.question
    if (slug or "") != page.slug:
        received_step = received.find(author, questions.step_of(slug))
        question = questions.of_step(received_step.step) if received_step else questions.find(author, slug)
        page = replace(page, slug=slug or "", step=None, received=received_step)
    if question is None:
        question = questions.from_text(words, slug or "")
    elif question.text != words:
        question = replace(question, text=words, language="")
    return replace(page, question=question)
