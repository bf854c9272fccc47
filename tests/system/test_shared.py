"""/journal/shared/ and /journal/<id>/share/: what the parent and the counselor see, and that nobody sees more."""

import datetime as dt
import logging
from http import HTTPStatus
from typing import Any

import pytest
from django.core import mail
from django.db import connection as database
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import connections
from accounts.models import User
from common.ids import new_id
from counselor import workspace
from journal.entries import trash
from journal.messages import sending
from journal.models import Reading, Reply, Share
from journal.sharing import readings, replies
from tests.helpers import DAY, EVENING, element, main_text, parsed, signed_in
from tests.mails import whole
from tests.sharing import FOUND, NOT_FOUND, OK, REFUSED, SECRET, Sharing, reply_fields, share_fields, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evening")]


class AccessTests:
    def test_nobody_is_led_to_sign_in(self, sharing: Sharing) -> None:
        share = sharing.share()

        for address in ("/journal/shared/", url(share), "/journal/shared/nights/", f"/journal/{sharing.entry.pk}/share/"):
            assert signed_in(None).get(address).headers["Location"].startswith("/accounts/login/")
        for act in ("open/", "take-back/"):
            assert signed_in(None).post(url(share, act)).status_code == FOUND
        assert signed_in(None).post(url(share, "reply/"), reply_fields(sharing.parent)).status_code == HTTPStatus.UNAUTHORIZED
        assert not Reading.objects.exists()

    @pytest.mark.parametrize("who", ["stranger", "other_counselor"])
    def test_strangers_and_other_counselors_find_nothing(self, who: str, sharing: Sharing) -> None:
        share, client = sharing.share(), signed_in(getattr(sharing, who))

        assert client.get(url(share)).status_code == NOT_FOUND
        assert client.get(f"/journal/{sharing.entry.pk}/share/").status_code == NOT_FOUND
        for act in ("open/", "take-back/"):
            assert client.post(url(share, act)).status_code == NOT_FOUND
        assert client.post(url(share, "reply/"), reply_fields(getattr(sharing, who))).status_code == NOT_FOUND
        assert "Sunday, 1 March" not in main_text(client.get("/journal/shared/"))
        assert not Reading.objects.exists()
        assert not Reply.objects.exists()
        assert Share.objects.active().exists()

    def test_a_counselor_takes_nothing_back(self, sharing: Sharing) -> None:
        share = sharing.share()

        assert signed_in(sharing.counselor).post(url(share, "take-back/")).status_code == NOT_FOUND
        assert Share.objects.active().exists()

    def test_unknown_shares_are_not_found(self, sharing: Sharing) -> None:
        for person in (sharing.parent, sharing.counselor):
            assert signed_in(person).get(f"/journal/shared/{new_id()}/").status_code == NOT_FOUND

    @pytest.mark.parametrize("end", ["take back", "by parent", "by counselor", "closed", "deleted"])
    def test_after_it_is_gone_the_parent_has_the_record_and_the_counselor_nothing(self, end: str, sharing: Sharing) -> None:
        share = sharing.share()
        signed_in(sharing.counselor).post(url(share, "open/"))
        signed_in(sharing.counselor).post(url(share, "reply/"), reply_fields(sharing.counselor, text="I read it."))
        signed_in(sharing.parent).post(url(share, "open/"))
        match end:
            case "take back":
                signed_in(sharing.parent).post(url(share, "take-back/"))
            case "by parent" | "by counselor":
                connections.end(sharing.parent if end == "by parent" else sharing.counselor, sharing.connection.pk, EVENING)
            case "closed":
                workspace.close_workspace(sharing.counselor, EVENING)
            case "deleted":
                trash.delete(sharing.parent, sharing.entry, EVENING)
                signed_in(sharing.parent).post(f"/journal/{sharing.entry.pk}/delete-for-good/", share_fields(sharing.entry))

        counselor = signed_in(sharing.counselor)
        assert counselor.get(url(share)).status_code == NOT_FOUND
        assert counselor.post(url(share, "open/")).status_code == NOT_FOUND
        assert url(share) not in counselor.get("/journal/shared/").content.decode()
        for person in (sharing.counselor, sharing.parent):
            late = signed_in(person).post(
                url(share, "reply/"), reply_fields(person, text="Too late."), headers={"Sec-Fetch-Site": "same-origin"}
            )
            assert late.status_code == NOT_FOUND
            assert "Too late." in late.content.decode()
        page = main_text(signed_in(sharing.parent).get(url(share)))
        assert "Ines Holm read it on Sunday, 1 March at 21:04" in page
        assert "I read it." in page
        assert SECRET not in page
        assert "Read on Sunday, 1 March at 21:04" in main_text(signed_in(sharing.parent).get("/journal/shared/"))
        assert Reply.objects.count() == 1


class ReplyingTests:
    @pytest.mark.parametrize("who", ["parent", "counselor"])
    def test_twice_sent_is_written_once(self, who: str, sharing: Sharing) -> None:
        share, person = sharing.share(), getattr(sharing, who)
        signed_in(sharing.counselor).post(url(share, "open/"))
        fields = reply_fields(person, text="**Thank** you.")

        for _ in range(2):
            assert signed_in(person).post(url(share, "reply/"), fields).status_code == FOUND

        assert Reply.objects.count() == 1
        assert parsed(signed_in(person).get(url(share))).select_one(".reply strong")

    @pytest.mark.parametrize("who", ["parent", "counselor"])
    @pytest.mark.parametrize("text", ["", "   ", "x" * 20_001])
    def test_what_cannot_be_sent_stays_on_the_page(self, text: str, who: str, sharing: Sharing) -> None:
        share, person = sharing.share(), getattr(sharing, who)

        response = signed_in(person).post(url(share, "reply/"), reply_fields(person, text=text))

        assert response.status_code == REFUSED
        assert text.strip()[:50] in response.content.decode()
        assert not Reply.objects.exists()

    @pytest.mark.parametrize("who", ["parent", "counselor"])
    def test_letters_that_cannot_be_kept_are_taken_out(self, who: str, sharing: Sharing) -> None:
        share, person = sharing.share(), getattr(sharing, who)

        response = signed_in(person).post(url(share, "reply/"), reply_fields(person, text="a\0b"), follow=True)

        assert [reply.content.text for reply in Reply.objects.all() if reply.content] == ["ab"]
        assert "removed characters that can’t be saved" in response.content.decode()

    def test_twenty_thousand_letters_on_windows_line_ends_fit(self, sharing: Sharing) -> None:
        share = sharing.share()

        signed_in(sharing.parent).post(url(share, "reply/"), reply_fields(sharing.parent, text="x\r\n" * 9_999 + "xy"))

        content = Reply.objects.get().content
        assert content
        assert len(content.text) == 20_000

    def test_a_damaged_page_gets_a_new_id(self, sharing: Sharing) -> None:
        share = sharing.share()

        response = signed_in(sharing.parent).post(url(share, "reply/"), reply_fields(sharing.parent, id="12", author="x"))

        assert response.status_code == REFUSED
        page = parsed(response)
        assert "Thank you." in element(page, "textarea").get_text()
        sent = {field["name"]: field["value"] for field in page.select("form[action$='reply/'] input[name=id], form input[name=author]")}
        assert signed_in(sharing.parent).post(url(share, "reply/"), {**sent, "text": "Thank you."}).status_code == FOUND

    def test_a_page_that_was_opened_for_another_person_is_refused(self, sharing: Sharing) -> None:
        share = sharing.share()

        response = signed_in(sharing.parent).post(url(share, "reply/"), reply_fields(sharing.counselor, text=SECRET))

        assert response.status_code == HTTPStatus.FORBIDDEN
        assert SECRET not in response.content.decode()


def test_a_get_writes_nothing(sharing: Sharing) -> None:
    share = sharing.share()
    signed_in(sharing.counselor).post(url(share, "open/"))
    for person in (sharing.parent, sharing.counselor):
        other = sharing.counselor if person == sharing.parent else sharing.parent
        signed_in(other).post(url(share, "reply/"), reply_fields(other))
        client = signed_in(person)
        with CaptureQueriesContext(database) as queries:
            for address in ("/journal/shared/", url(share), f"/journal/{sharing.entry.pk}/share/", "/journal/shared/nights/"):
                client.get(address)
                client.head(address)

        assert not [query["sql"] for query in queries if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
        assert User.objects.get(pk=person.pk).unread_since == EVENING
        for act in ("open/", "take-back/", "reply/"):
            assert client.get(url(share, act)).status_code == HTTPStatus.METHOD_NOT_ALLOWED
        client.post(url(share, "open/"))
        assert User.objects.get(pk=person.pk).unread_since is None


def test_no_words_get_outside(sharing: Sharing, settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    settings.MAILER = {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}
    caplog.set_level(logging.DEBUG)
    caplog.clear()
    private = (SECRET, "Mara", "Ines Holm", "A careful reply.", "Lindgatan")
    parent, counselor = signed_in(sharing.parent), signed_in(sharing.counselor)
    pages: list[HttpResponse] = []

    def visit(client: Client, address: str, fields: dict[str, Any] | None = None) -> None:
        """Get the page, or post the fields."""
        if fields is not None:
            client.post(address, fields)
            messages = str(client.session.get("_messages"))
            assert not [words for words in private if words in messages]
        else:
            pages.append(client.get(address))  # type: ignore[arg-type]

    visit(parent, f"/journal/{sharing.entry.pk}/share/", share_fields(sharing.entry, sharing.connection))
    share = Share.objects.get()
    visit(counselor, url(share, "open/"), {})
    visit(counselor, url(share, "reply/"), reply_fields(sharing.counselor, text="A careful reply."))
    visit(parent, url(share, "open/"), {})
    for client in (parent, counselor):
        for address in ("/journal/shared/", url(share)):
            visit(client, address)
    visit(parent, f"/journal/{sharing.entry.pk}/share/")
    visit(parent, "/journal/shared/nights/")
    visit(parent, url(share, "take-back/"), {})
    sharing.share()
    sending.send_due(EVENING + 2 * DAY)

    for page in pages:
        title = element(parsed(page), "title").get_text()
        assert not [words for words in private if words in title]
    assert mail.outbox
    for message in mail.outbox:
        assert not [words for words in private if words in whole(message)]
    logged = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("django.db"))
    assert not [words for words in private if words in logged]


@pytest.mark.parametrize("who", ["parent", "counselor"])
def test_a_list_costs_the_same_with_two_shares_and_with_thirty(who: str, sharing: Sharing) -> None:
    client = signed_in(getattr(sharing, who))

    def share_more(nights: range) -> None:
        for number in nights:
            share = sharing.share(night=dt.date(2026, 1, 1) + number * DAY)
            readings.open_share(sharing.counselor, share.pk, EVENING)
            replies.reply(sharing.parent if number % 2 else sharing.counselor, share, new_id(), "Words.", EVENING)

    share_more(range(2))
    with CaptureQueriesContext(database) as few:
        assert client.get("/journal/shared/").status_code == OK
    share_more(range(2, 30))
    with CaptureQueriesContext(database) as many:
        assert client.get("/journal/shared/").status_code == OK

    assert len(few) == len(many) <= 6  # one of them is the number in a counselor's navigation


def test_one_page_costs_the_same_with_two_replies_and_with_twenty(sharing: Sharing) -> None:
    share = sharing.share()

    def reply_more(count: int) -> None:
        for _ in range(count):
            for person in (sharing.parent, sharing.counselor):
                replies.reply(person, share, new_id(), "Words.", EVENING)
        replies.see_replies(sharing.parent, share, EVENING)
        readings.open_share(sharing.counselor, share.pk, EVENING)

    def cost() -> list[int]:
        costs = []
        for person in (sharing.parent, sharing.counselor):
            client = signed_in(person)
            with CaptureQueriesContext(database) as queries:
                assert client.get(url(share)).status_code == OK
            costs.append(len(queries))
        return costs

    reply_more(1)
    few = cost()
    reply_more(19)
    assert cost() == few


def test_the_nights_cost_the_same_however_many_are_shown(sharing: Sharing) -> None:
    client = signed_in(sharing.parent)
    address = "/journal/shared/nights/?from=2026-01-01&until=2026-03-01"
    sharing.share()
    with CaptureQueriesContext(database) as few:
        client.get(address)
    for number in range(40):
        sharing.share(night=dt.date(2026, 1, 1) + number * DAY)
    with CaptureQueriesContext(database) as many:
        client.get(address)

    assert len(few) == len(many)
