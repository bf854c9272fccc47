"""Notes and replies are saved as they are written, and nothing that was typed is lost."""

import pytest
from playwright.sync_api import BrowserContext, Dialog, Page, Route, expect

from counselor.models import ClientNote
from counselor.sessions import notes
from journal.models import Reply, ReplyDraft
from journal.sharing import readings
from tests.browser.conftest import SignIn, eventually
from tests.factories import make_note
from tests.helpers import EVENING
from tests.sharing import Sharing

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("library", "evening")]


def texts() -> list[str]:
    return [row.content.text for row in ClientNote.objects.order_by("made_at")]


def test_a_note_is_saved_while_it_is_typed_and_once(page: Page, sign_in: SignIn, sharing: Sharing) -> None:
    sign_in(sharing.counselor)
    page.goto(f"/accounts/clients/{sharing.connection.pk}/session/")
    note = page.locator("#notes").get_by_label("Note")
    note.press_sequentially("Two dogs")
    expect(page.locator("#notes [data-saved-line]").first).to_have_text("Saved 21:04")
    note.press_sequentially(", one cat")
    eventually(page, lambda: texts() == ["Two dogs, one cat"])
    page.get_by_role("button", name="Save note").first.click()
    expect(page.get_by_text("Note saved.")).to_be_visible()
    assert texts() == ["Two dogs, one cat"]


def test_what_was_typed_last_is_sent_while_the_page_is_left(page: Page, sign_in: SignIn, sharing: Sharing) -> None:
    sign_in(sharing.counselor)
    page.goto(f"/accounts/clients/{sharing.connection.pk}/session/")
    page.locator("#notes").get_by_label("Note").fill("Left at once")
    page.goto("/accounts/clients/")
    eventually(page, lambda: texts() == ["Left at once"])


def test_what_is_typed_while_an_earlier_text_is_under_way_is_not_left_without_asking(page: Page, sign_in: SignIn, sharing: Sharing) -> None:
    sign_in(sharing.counselor)
    page.goto(f"/accounts/notes/new/?client={sharing.connection.pk}")
    held: list[Route] = []
    page.route("**/accounts/notes/**", lambda route: route.continue_() if held else held.append(route))
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.get_by_label("Note").press_sequentially("Two")
    eventually(page, lambda: len(held) == 1)
    page.get_by_label("Note").press_sequentially(" dogs")
    page.close(run_before_unload=True)
    eventually(page, lambda: asked == ["beforeunload"])
    held[0].continue_()
    eventually(page, lambda: texts() == ["Two dogs"])


def test_without_a_network_it_says_so_and_goes_on_when_it_is_back(
    page: Page, context: BrowserContext, sign_in: SignIn, sharing: Sharing
) -> None:
    note = make_note(sharing.connection, "Two dogs")
    sign_in(sharing.counselor)
    page.goto(f"/accounts/notes/{note.pk}/")
    context.set_offline(True)
    page.get_by_label("Note").fill("Two dogs and a cat")
    expect(page.locator("[data-saved-line]")).to_contain_text("We can’t reach Nightlight")
    context.set_offline(False)
    eventually(page, lambda: texts() == ["Two dogs and a cat"])


def test_changed_elsewhere_both_are_shown_and_kept(page: Page, sign_in: SignIn, sharing: Sharing) -> None:
    note = make_note(sharing.connection, "Two dogs")
    sign_in(sharing.counselor)
    page.goto(f"/accounts/notes/{note.pk}/")
    notes.save(sharing.counselor, sharing.connection, notes.Draft(note.pk, note.dated, "Three dogs", 1), EVENING)
    page.get_by_label("Note").fill("Two dogs and a cat")
    expect(page.locator("[data-stored]")).to_have_text("Three dogs")
    assert texts() == ["Three dogs"]
    page.get_by_role("button", name="Keep both").click()
    eventually(page, lambda: texts() == ["Three dogs\n\nTwo dogs and a cat"])


def test_what_is_refused_is_told_and_not_tried_again(page: Page, sign_in: SignIn, sharing: Sharing) -> None:
    sign_in(sharing.counselor)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" and "/notes/" in request.url else None)
    page.goto(f"/accounts/notes/new/?client={sharing.connection.pk}")
    page.get_by_label("Note").fill("x" * 20_003)
    expect(page.locator("[data-saved-line]")).to_contain_text("3 characters too long")
    page.wait_for_timeout(2500)  # nothing is sent again meanwhile
    assert len(sent) == 1
    page.get_by_label("Note").fill("Short")
    eventually(page, lambda: texts() == ["Short"])


def test_a_reply_waits_in_its_box_until_it_is_sent(page: Page, sign_in: SignIn, sharing: Sharing) -> None:
    share = sharing.share()
    readings.open_share(sharing.counselor, share.pk, EVENING)
    sign_in(sharing.counselor)
    address = f"/accounts/clients/{sharing.connection.pk}/session/"
    page.goto(address)
    box = page.get_by_label("Your reply, Sunday, 1 March")
    box.fill("Thank you")
    expect(page.locator(".reply-box [data-saved-line]")).to_have_text("Saved 21:04")
    page.goto(address)
    expect(box).to_have_value("Thank you")
    box.press("End")
    box.press_sequentially(" for this.")
    page.get_by_role("button", name="Send reply").click()
    expect(page.locator(".answer .reply")).to_contain_text("Thank you for this.")
    eventually(page, lambda: not ReplyDraft.objects.exists())
    assert Reply.objects.count() == 1
    expect(box).to_have_value("")
