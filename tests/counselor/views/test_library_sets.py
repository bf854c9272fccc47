"""`/prompts/sets/library/`: the library's sets and paths, one of its sets, and its worksheet."""

from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from common.ids import new_id
from counselor import ready_made
from prompts import questions
from prompts.library.sets import SetText
from prompts.models import PromptSet
from tests.factories import make_connection, make_counselor, make_library_set_prompts, make_user
from tests.helpers import element, main_text, read

LIST = "/prompts/sets/library/"


@pytest.fixture
def counselor(db: None) -> User:
    make_library_set_prompts()
    return make_counselor()


@pytest.fixture
def browser(counselor: User, client: Client) -> Client:
    client.force_login(counselor)
    return client


def test_lists_every_set_by_group_and_every_path_each_with_a_way_to_assign_it(browser: Client) -> None:
    page = read(browser, LIST)

    offered = [str(link["href"]).partition("?")[2] for link in page.select(".offered a.button")]
    assert offered == [f"library={slug}" for slug in ready_made.sets()] + [f"path={slug}" for slug in ready_made.published_paths()]
    first = next(iter(ready_made.sets().values())).text
    assert isinstance(first, SetText)
    shown = main_text(browser.get(LIST))
    assert all(words in shown for words in (first.name, first.line, first.for_whom, f"{first.nights} nights"))


def test_one_group_alone_and_an_unknown_one_narrows_nothing(browser: Client) -> None:
    narrowed = read(browser, f"{LIST}?group=families")
    shown = {str(link["href"]) for link in narrowed.select(".offered a.button")}

    assert shown
    assert not any("path=" in address for address in shown)
    assert len(read(browser, f"{LIST}?group=nonsense").select(".offered li")) == len(read(browser, LIST).select(".offered li"))


def test_what_is_assigned_goes_to_the_client_whom_one_came_from(browser: Client, counselor: User) -> None:
    connection = make_connection(counselor, make_user(email="client@example.org"))

    for url in (f"{LIST}?client={connection.pk}", f"{LIST}two-homes/?client={connection.pk}"):
        links = [str(link["href"]) for link in read(browser, url).select('a.button[href*="assignments/new"]')]
        assert links
        assert all(link.endswith(f"&client={connection.pk}") for link in links)
    assert "client=" not in str(read(browser, f"{LIST}?client=nonsense").main)


@pytest.mark.parametrize("slug", sorted(ready_made.sets("en")))
def test_a_set_says_all_that_helps_to_choose_it(browser: Client, slug: str) -> None:
    make_library_set_prompts(slug)
    text = ready_made.sets("en")[slug].text
    assert isinstance(text, SetText)
    page = main_text(browser.get(f"{LIST}{slug}/"))

    assert text.for_whom in page
    assert text.not_for_whom in page
    for paragraph in (*text.introduction, *text.caution):
        assert " ".join(paragraph.split()) in page
    for step in text.steps:
        question = questions.prompt(step.prompt)
        assert question is not None
        assert question.text in page
        assert all(way in page for way in question.if_stuck)


def test_copies_a_set_to_change_it_once(browser: Client, counselor: User) -> None:
    sent = {"id": new_id(), "ready_made": "library:two-homes"}
    for _twice in range(2):
        response = browser.post(reverse("counselor:set_copy"), sent)

    own = PromptSet.objects.by(counselor).own().get()
    assert response.headers["Location"] == reverse("counselor:set_builder", args=[own.pk])
    assert own.content.name == ready_made.sets()["two-homes"].text.name
    for unknown in ("library:nonsense", "path:nonsense", "nonsense", "colleague:x"):
        assert browser.post(reverse("counselor:set_copy"), {"ready_made": unknown}).status_code == HTTPStatus.NOT_FOUND


def test_prints_a_set(browser: Client) -> None:
    page = read(browser, f"{LIST}two-homes/worksheet/")

    assert len(page.select(".sheet")) == len(ready_made.sets()["two-homes"].asked)
    assert element(page, "title").get_text() == "A worksheet · Nightlight"


def test_an_unknown_set_is_not_found(browser: Client) -> None:
    assert browser.get(f"{LIST}nonsense/").status_code == HTTPStatus.NOT_FOUND
    assert browser.get(f"{LIST}nonsense/worksheet/").status_code == HTTPStatus.NOT_FOUND


def test_in_spanish_it_speaks_spanish(browser: Client, counselor: User) -> None:
    User.objects.filter(pk=counselor.pk).update(language="es")

    assert ready_made.sets("es")["two-homes"].text.name in main_text(browser.get(f"{LIST}two-homes/"))
