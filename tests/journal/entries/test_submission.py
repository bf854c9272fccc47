"""`journal.entries.submission`: an answer is stored, and shared, under the words that stood on its page.

Between opening a page and saving it, its question can be put in other words, deleted, swapped for another, or end.
"""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts import connections
from accounts.keys.crypto import KeyringError
from counselor import assigning, sets
from journal.models import TEXT_LIMIT, Entry, Night, Share
from journal.sharing import shares
from prompts import questions, received
from prompts.models import Assignment, OwnQuestion, Prompt, PromptSet
from tests.factories import make_assignment, make_own_question, make_prompt, make_set
from tests.helpers import DAY, JSON, TONIGHT, element, form_fields, main_text, on_own_device, parsed, read, signed_in
from tests.sharing import Sharing

URL = "/tonight/"
SEEN, NEW = "What was said at the door?", "What did you do wrong at the door?"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evening")]


@pytest.fixture(autouse=True)
def nothing_written(sharing: Sharing) -> Iterator[None]:
    Entry.objects.all().delete()
    Night.objects.all().delete()
    yield
    questions.forget_library()


@pytest.fixture
def tab(sharing: Sharing) -> Client:
    return signed_in(sharing.parent)


def opened(tab: Client, url: str = URL) -> dict[str, Any]:
    """What the page at this address, as it is now, sends with an answer."""
    return {**form_fields(read(tab, url), "main form#writing"), "text": "Nothing much."}


def stored() -> tuple[str, str | None, str]:
    entry = Entry.objects.get()
    return entry.content.text, entry.asked, entry.summary.question


# --- A counselor's set.


@pytest.fixture
def given_set(sharing: Sharing) -> PromptSet:
    return make_set(sharing.counselor, steps=(SEEN, "What was left unsaid?"))


@pytest.fixture
def assignment(sharing: Sharing, given_set: PromptSet) -> Assignment:
    return make_assignment(sharing.connection, given_set, shares=True)


def give_new_version(sharing: Sharing, given_set: PromptSet, assignment: Assignment, *steps: str) -> None:
    content = given_set.content
    rows = [sets.SetStep(key, question=question) for (key, *_rest), question in zip(content.steps, steps, strict=False)]
    new = sets.content_of(content.name, content.introduction, rows)
    sets.save(sharing.counselor, given_set.pk, new, based_on=given_set.version, now=timezone.now())
    assigning.assign_new_version(sharing.counselor, assignment.pk, timezone.now())


@pytest.mark.parametrize("steps", [(NEW, "What was left unsaid?"), ()], ids=["in other words", "removed"])
@pytest.mark.parametrize("url", [URL, "/journal/new/?prompt=step-{step}"], ids=["on the night's page", "on a page of its own"])
def test_a_new_version_of_the_set_changes_no_answer(
    sharing: Sharing, given_set: PromptSet, assignment: Assignment, tab: Client, steps: tuple[str, ...], url: str
) -> None:
    step = assignment.steps.order_by("position")[0]
    url = url.format(step=step.pk)
    fields = opened(tab, url)
    give_new_version(sharing, given_set, assignment, *(steps or (NEW,)[1:] or ("",)))

    tab.post(url, {**fields, "action": "close:done"})

    assert stored() == ("Nothing much.", f"step-{step.pk}", SEEN)
    for share in Share.objects.active():
        assert share.content is not None
        assert share.content.question == SEEN


def test_what_is_shared_is_the_answer_to_the_words_that_were_seen(
    sharing: Sharing, given_set: PromptSet, assignment: Assignment, tab: Client
) -> None:
    fields = opened(tab)
    tab.post(URL, fields, headers=JSON)
    give_new_version(sharing, given_set, assignment, NEW, "What was left unsaid?")

    tab.post(URL, {**fields, "action": "close:done"})

    content = Share.objects.get().content
    assert content is not None
    assert (content.question, content.text) == (SEEN, "Nothing much.")


def test_an_answer_that_was_begun_is_shown_under_the_words_it_was_written_to(
    sharing: Sharing, given_set: PromptSet, assignment: Assignment, tab: Client
) -> None:
    tab.post(URL, opened(tab), headers=JSON)
    give_new_version(sharing, given_set, assignment, NEW, "What was left unsaid?")

    page = read(tab, URL)

    assert element(page, "h1").get_text() == SEEN
    assert "question 1 of 2" in element(page, ".asked").get_text()
    tab.post(URL, {**form_fields(page, "main form#writing"), "text": "Nothing at all."})
    assert stored()[2] == SEEN


def test_the_library_in_other_words_changes_no_answer(tab: Client) -> None:
    make_prompt(question="What happened at the door?")
    questions.forget_library()
    fields = opened(tab)
    Prompt.objects.update(question="What should have happened?")
    questions.forget_library()

    tab.post(URL, fields)

    assert stored() == ("Nothing much.", "at-the-door", "What happened at the door?")


def test_an_ended_connection_takes_no_question_from_its_answer(sharing: Sharing, assignment: Assignment, tab: Client) -> None:
    fields = opened(tab)
    connections.end(sharing.counselor, sharing.connection.pk, timezone.now())

    response = tab.post(URL, {**fields, "action": "close:done"}, follow=True)

    assert stored() == ("Nothing much.", None, SEEN)
    assert not Share.objects.exists()
    assert "said a copy would be shared" in response.content.decode()


# --- Own questions, and swaps.


@pytest.mark.parametrize("later", [None, "What did the wind say?"], ids=["deleted", "in other words"])
@pytest.mark.parametrize("is_own_page", [False, True])
def test_an_own_question_is_answered_as_it_was_worded(sharing: Sharing, tab: Client, later: str | None, is_own_page: bool) -> None:
    own = make_own_question(sharing.parent)
    url = f"/journal/new/?prompt={own.pk}" if is_own_page else URL
    fields = opened(tab, url)
    if later:
        tab.post(f"/prompts/own/{own.pk}/", {"id": own.pk, "text": later, "by_turn": "on"})
    else:
        tab.post(f"/prompts/own/{own.pk}/delete/")
    assert OwnQuestion.objects.exists() == bool(later)

    tab.post(url, fields)

    assert stored() == ("Nothing much.", str(own.pk) if later else None, "What did the rain say?")
    shown = read(tab, f"/journal/{Entry.objects.get().pk}/edit/" if is_own_page else URL)
    assert element(shown, "h1").get_text() == "What did the rain say?"


@pytest.fixture
def library() -> None:
    for number in range(3):
        make_prompt(slug=f"presence-{number}", question=f"What is question number {number}?")
    questions.forget_library()


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize("is_saved_before", [False, True])
def test_a_swap_in_another_tab_changes_no_answer(tab: Client, is_saved_before: bool) -> None:
    fields, question = opened(tab), element(read(tab, URL), "h1").get_text()
    if is_saved_before:
        tab.post(URL, fields, headers=JSON)
    tab.post(URL, {**opened(tab), **({} if is_saved_before else {"text": ""}), "action": "turn:1"})
    assert element(read(tab, URL), "h1").get_text() != question

    for _press in range(2):
        tab.post(URL, {**fields, "action": "close:done"})

        assert stored() == ("Nothing much.", fields["prompt"][0], question)
    tab.post(URL, {"night": TONIGHT.isoformat(), "action": "reopen"})
    assert element(read(tab, URL), "h1").get_text() == question


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(("mode", "other"), [("question", "just_write"), ("just_write", "question")])
def test_a_refused_page_is_shown_as_it_was_open_whatever_the_night_was_set_to(tab: Client, mode: str, other: str) -> None:
    tab.post(URL, {**opened(tab), "text": "", "action": f"mode:{mode}"})
    fields, heading = opened(tab), element(read(tab, URL), "h1").get_text()
    tab.post(URL, {**opened(tab), "text": "", "action": f"mode:{other}"})

    page = parsed(tab.post(URL, {**fields, "text": "x" * (TEXT_LIMIT + 1)}))

    assert element(page, "h1").get_text() == heading
    assert form_fields(page, "main form#writing")["mode"] == [mode]


@pytest.mark.usefixtures("library")
def test_a_refused_page_of_its_own_shows_the_question_that_it_asked(tab: Client) -> None:
    tab.post(URL, {**opened(tab), "action": "close:done"})
    edit = f"/journal/{Entry.objects.get().pk}/edit/"
    fields, question = opened(tab, edit), stored()[2]
    tab.post(URL, {"night": TONIGHT.isoformat(), "action": "reopen"})
    tab.post(URL, {**opened(tab), "text": "Nothing much.", "action": "turn:1"})
    tab.post(URL, {**opened(tab), "text": "Something else.", "action": "save"})

    page = parsed(tab.post(edit, {**fields, "text": "x" * (TEXT_LIMIT + 1)}))

    assert question in page.get_text()


@pytest.mark.usefixtures("library")
def test_a_page_that_comes_days_later_is_stored_under_its_words(tab: Client, evening: Any) -> None:
    fields, question = opened(on_own_device(tab)), element(read(tab, URL), "h1").get_text()
    Prompt.objects.all().delete()
    questions.forget_library()
    evening.shift(9 * DAY)

    response = tab.post(URL, fields, headers=JSON)

    assert response.json()["state"] == "saved"
    assert stored() == ("Nothing much.", None, question)
    assert Night.objects.get().night == TONIGHT


@pytest.mark.usefixtures("library")
def test_a_refused_page_shows_the_question_that_it_asked(tab: Client) -> None:
    fields, question = opened(tab), element(read(tab, URL), "h1").get_text()
    tab.post(URL, {**opened(tab), "text": "", "action": "turn:1"})

    refused = tab.post(URL, {**fields, "text": "x" * (TEXT_LIMIT + 1)})

    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    page = parsed(refused)
    assert element(page, "h1").get_text() == question
    tab.post(URL, {**form_fields(page, "main form#writing"), "text": "ab"})
    assert stored() == ("ab", fields["prompt"][0], question)


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize("wording", ["", '"Did you hit him?":x', "\0", "a" * 9000, "[]"])
def test_words_that_this_site_did_not_sign_are_not_taken(tab: Client, wording: str) -> None:
    fields, question = opened(tab), element(read(tab, URL), "h1").get_text()

    response = tab.post(URL, {**fields, "wording": wording})

    if response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY:
        again = form_fields(parsed(response), "main form#writing")
        tab.post(URL, {**again, "text": "Nothing much."})
    assert stored()[2] in {question, ""}


@pytest.mark.usefixtures("library")
def test_words_of_one_question_are_not_those_of_another(sharing: Sharing, assignment: Assignment, tab: Client) -> None:
    own = make_own_question(sharing.parent, "Was I a good parent?")
    forged = opened(tab, f"/journal/new/?prompt={own.pk}")["wording"]

    tab.post(URL, {**opened(tab), "wording": forged, "action": "close:done"})

    assert stored()[2] == SEEN


def test_the_words_are_in_no_address(sharing: Sharing, assignment: Assignment, tab: Client) -> None:
    response = tab.post(URL, {**opened(tab), "action": "close:done"})

    assert response.headers["Location"] == URL
    assert SEEN not in str(dict(tab.session))


# --- Announced, and not shared.


WITHHELD = "It said a copy would be shared"


def test_nothing_is_said_where_the_copy_was_shared_and_however_often_it_is_sent(
    sharing: Sharing, assignment: Assignment, tab: Client
) -> None:
    step = assignment.steps.order_by("position")[0]
    for url in (URL, f"/journal/new/?prompt=step-{step.pk}"):
        Entry.objects.all().delete()
        Share.objects.all().delete()
        fields = opened(tab, url)
        assert "announced" in fields
        for _press in range(2):
            assert WITHHELD not in main_text(tab.post(url, {**fields, "action": "close:done"}, follow=True)), url
        assert Share.objects.active().count() == 1


def test_a_page_is_told_that_sharing_was_stopped_elsewhere(sharing: Sharing, assignment: Assignment, tab: Client) -> None:
    fields = opened(tab)
    received.share_when_done(sharing.parent, assignment.pk, shares=False)

    response = tab.post(URL, {**fields, "action": "close:done"}, follow=True)

    assert not Share.objects.exists()
    assert WITHHELD in response.content.decode()


def test_a_page_is_told_that_its_copy_could_not_be_sealed(
    sharing: Sharing, assignment: Assignment, tab: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = opened(tab)

    def fail(*_arguments: object) -> None:
        raise KeyringError("the key does not open")

    monkeypatch.setattr(shares, "share", fail)
    response = tab.post(URL, {**fields, "action": "close:done"}, follow=True)

    assert stored()[0] == "Nothing much."
    assert WITHHELD in response.content.decode()


def test_an_empty_page_has_nothing_to_be_told(sharing: Sharing, assignment: Assignment, tab: Client) -> None:
    fields = opened(tab)
    received.share_when_done(sharing.parent, assignment.pk, shares=False)

    response = tab.post(URL, {**fields, "text": "", "action": "close:done"}, follow=True)

    assert WITHHELD not in response.content.decode()


def test_a_conflict_says_that_nothing_was_shared(sharing: Sharing, assignment: Assignment, tab: Client) -> None:
    first, second = opened(tab), opened(tab)
    tab.post(URL, first)

    response = tab.post(URL, {**second, "text": "Something else.", "action": "close:done"})

    assert response.status_code == HTTPStatus.CONFLICT
    assert "None of it was shared." in main_text(response)
