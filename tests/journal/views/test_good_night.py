"""/tonight/ once the night is done: sharing what was written is one press, and so is taking it back."""

import pytest
from bs4 import BeautifulSoup, Tag
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Connection
from journal.models import Entry, Night, Share
from journal.nights import night_pages
from tests.factories import make_assignment, make_set
from tests.helpers import EVENING, element, form_fields, read, signed_in
from tests.sharing import FOUND, REFUSED, SECRET, Sharing, edit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evening")]


@pytest.fixture
def browser(sharing: Sharing) -> Client:
    """The parent's, who is done with tonight's page."""
    Connection.objects.filter(pk=sharing.connection.pk).update(informed_at=EVENING)
    close(sharing)
    return signed_in(sharing.parent)


def close(sharing: Sharing) -> None:
    night_pages.close(sharing.parent, sharing.parent.tonight(timezone.now()), Night.Closed.DONE)


def offers(browser: Client) -> Tag:
    return element(read(browser, "/tonight/"), ".sharing-offers")


def press(browser: Client, words: str) -> BeautifulSoup:
    """Press this button; returns the page to which that leads."""
    (form,) = [form for form in offers(browser).select("form") if words in form.get_text()]
    fields = {str(field["name"]): str(field["value"]) for field in form.select("input") if field["name"] != "csrfmiddlewaretoken"}
    answer = browser.post(str(form["action"]), fields)
    assert (answer.status_code, answer.headers["Location"]) == (FOUND, "/tonight/")
    return read(browser, "/tonight/")


def test_one_press_shares_a_copy_and_one_takes_it_back(sharing: Sharing, browser: Client) -> None:
    shared = press(browser, "Share with Ines Holm")

    assert [(share.connection_id, share.content and share.content.text) for share in Share.objects.all()] == [
        (sharing.connection.pk, SECRET)
    ]
    assert "A copy went to Ines Holm." in element(shared, ".sharing-offers").get_text()
    assert "Share with Olu Okafor" in element(shared, ".sharing-offers").get_text()

    taken_back = press(browser, "A copy went to Ines Holm.")

    assert not Share.objects.active().exists()
    assert "Share with Ines Holm" in element(taken_back, ".sharing-offers").get_text()


def test_the_one_who_asked_comes_first(sharing: Sharing, browser: Client) -> None:
    given = make_assignment(sharing.other_connection, make_set(sharing.other_counselor))
    step = given.steps.earliest("position")
    Entry.objects.filter(pk=sharing.entry.pk).update(assigned=step, mode="question")
    Night.objects.by(sharing.parent).update(assigned=step, prompt=None, own=None, mode="question")

    assert [button.get_text() for button in offers(browser).select("button")] == ["Share with Olu Okafor", "Share with Ines Holm"]


def test_the_first_time_it_leads_to_what_must_be_read_before(sharing: Sharing, browser: Client) -> None:
    Connection.objects.update(informed_at=None)
    link = next(link for link in offers(browser).select("a") if link.get_text() == "Share with Ines Holm")

    page = read(browser, str(link["href"]))

    main = element(page, "main").get_text()
    assert main.index("Before you share for the first time") < main.index(SECRET)
    fields = form_fields(page, "main form[novalidate]")
    assert browser.post(f"/journal/{sharing.entry.pk}/share/", fields).status_code == REFUSED
    answer = browser.post(f"/journal/{sharing.entry.pk}/share/", {**fields, "informed": "on"})
    assert (answer.status_code, answer.headers["Location"]) == (FOUND, "/tonight/")


def test_a_text_that_was_changed_is_offered_again(sharing: Sharing, browser: Client) -> None:
    sharing.share()
    edit(sharing, "It was mended.")
    close(sharing)
    assert "Ines Holm has a copy of what this page said before." in " ".join(offers(browser).get_text().split())

    press(browser, "Share the new text with Ines Holm")

    copy = Share.objects.active().get()
    assert copy.content is not None
    assert copy.content.text == "It was mended."


def test_what_was_changed_elsewhere_since_is_shown_before_it_is_shared(sharing: Sharing, browser: Client) -> None:
    form = offers(browser).select("form")[0]
    fields = {str(field["name"]): str(field["value"]) for field in form.select("input")}
    edit(sharing, "It was mended.")

    assert browser.post(str(form["action"]), fields).status_code == REFUSED
    assert not Share.objects.exists()


def test_two_of_one_name_are_told_apart_by_their_practice(sharing: Sharing, browser: Client) -> None:
    Connection.objects.filter(pk=sharing.other_connection.pk).update(counselor_name="Ines Holm", practice="Solgatan")

    assert {button.get_text() for button in offers(browser).select("button")} == {
        "Share with Ines Holm, Lindgatan",
        "Share with Ines Holm, Solgatan",
    }


@pytest.mark.parametrize("why", ["open", "not tonight", "no words", "no counselor"])
def test_offers_nothing(why: str, sharing: Sharing, browser: Client) -> None:
    tonight = sharing.parent.tonight(timezone.now())
    match why:
        case "open":
            night_pages.close(sharing.parent, tonight, Night.Closed.OPEN)
        case "not tonight":
            night_pages.close(sharing.parent, tonight, Night.Closed.NOT_TONIGHT)
        case "no words":
            Entry.objects.update(size=0)
        case _:
            Connection.objects.update(ended_at=EVENING, ended_by="parent")

    assert not read(browser, "/tonight/").select(".sharing-offers")


def test_costs_one_query(sharing: Sharing, browser: Client) -> None:
    sharing.share()
    read(browser, "/tonight/")
    with CaptureQueriesContext(database) as offered:
        read(browser, "/tonight/")
    night_pages.close(sharing.parent, sharing.parent.tonight(timezone.now()), Night.Closed.NOT_TONIGHT)
    with CaptureQueriesContext(database) as plain:
        read(browser, "/tonight/")

    assert len(offered) <= len(plain) + 1
