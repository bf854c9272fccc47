"""A parent is signed out while writing: the text on the device is kept, and shown to nobody else."""

import time

import pytest
from playwright.sync_api import Page

from tests.factories import PASSWORD
from tests.system.faults.scene import HELD, KEPT, SAVED, Device, Scene, expect, expect_line, sign_in, wait_until
from tests.system.faults.typist import Accident, Typist

NEW_PASSWORD = "a second lamp on the stairs"


def signed_out_while_typing(scene: Scene, sign_out: Accident) -> tuple[Device, Page, Typist]:
    device = scene.device().sign_in()
    page = device.open_tonight()
    typist = scene.typist(page)
    with sign_out:
        typist.type(until=sign_out.has_happened)
    typist.type(until=lambda: page.locator("[data-sign-in]").is_visible())
    typist.type(seconds=1)
    return device, page, typist


def sign_in_again(page: Page, email: str, password: str) -> None:
    """Sign in by the link that the page shows."""
    page.locator("[data-sign-in]").click()
    page.wait_for_url("**/login/**")
    sign_in(page, email, password)


def write_on(scene: Scene, page: Page, typist: Typist, fault: float) -> None:
    """All of the text is on the page again, and more can be written."""
    came_back = scene.settle(page)
    assert came_back == typist.text
    more = scene.typist(page)
    more.type(seconds=1)
    expect_line(page, SAVED)
    scene.judge(typist.loss(came_back, fault) + more.loss(scene.text(), fault), texts={scene.night: more.text})


@pytest.mark.faults("session expired")
def test_the_session_expires_and_another_parent_signs_in_first(scene: Scene) -> None:
    scene.begin()
    expire = scene.on_server("end_sessions")
    device, page, typist = signed_out_while_typing(scene, expire)
    word = max(typist.text.split(), key=len)

    stranger = scene.make_stranger()
    sign_in_again(page, stranger, PASSWORD)
    expect(page.locator("#text")).to_have_value("")
    wait_until(lambda: page.evaluate(HELD)["people"] == 2, page)
    for path in ("tonight", "journal"):
        page.goto(f"{scene.network.url}/{path}/")
        assert word not in page.content()
    page.goto(f"{scene.network.url}/accounts/logout/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{scene.network.url}/")

    write_on(scene, device.open_tonight(page), typist, expire.moment)


@pytest.mark.faults("password changed elsewhere")
def test_the_password_is_changed_elsewhere(scene: Scene) -> None:
    scene.begin()
    change = scene.on_server("change_password", password=NEW_PASSWORD)
    _device, page, typist = signed_out_while_typing(scene, change)

    sign_in_again(page, scene.email, NEW_PASSWORD)

    write_on(scene, page, typist, change.moment)


@pytest.mark.faults("JavaScript off and the session expired")
def test_the_session_expires_without_javascript(scene: Scene) -> None:
    scene.begin()
    device = scene.device(java_script_enabled=False).sign_in()
    page = device.context.new_page()
    page.goto(f"{scene.network.url}/tonight/")
    typist = scene.typist(page)
    typist.type(seconds=2)
    expire = scene.on_server("end_sessions")
    with expire:
        typist.type(until=expire.has_happened)

    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("heading", name="Your text is here")).to_be_visible()
    expect(page.locator("#text")).to_have_value(typist.text)
    with device.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in on a new tab").click()
    sign_in(opened.value, scene.email)
    page.get_by_role("button", name="Save").click()
    if page.get_by_role("heading", name="Your text is here").is_visible():
        page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Done")).to_be_visible()

    expect(page.locator("#text")).to_have_value(typist.text)
    scene.judge(typist.loss(scene.text(), expire.moment), texts={scene.night: typist.text})


@pytest.mark.faults("sign-out with unsent text")
def test_signing_out_with_unsent_text(scene: Scene) -> None:
    scene.begin()
    device = scene.device().sign_in()
    page = device.open_tonight()
    typist = scene.typist(page)
    with Accident(scene.network.refuse_saves, after=scene.chance.uniform(0, 3)) as accident:
        typist.type(seconds=3, until=accident.has_happened)
    typist.type(seconds=scene.chance.uniform(0.2, 2))
    expect_line(page, KEPT)

    left = time.monotonic()
    leaving = open_sign_out(scene, device, page)
    leaving.get_by_role("button", name="Send it, then sign out").click()
    expect(leaving.get_by_text("We couldn’t send it")).to_be_visible()
    scene.network.mend()
    leaving.get_by_role("button", name="Send it, then sign out").click()
    leaving.wait_for_url(f"{scene.network.url}/")
    assert device.held() == {"people": 0, "unsent": 0}
    sent = scene.text()
    loss = typist.loss(sent, left)

    page = device.open_tonight()
    dropped = scene.typist(page)
    scene.network.refuse_saves()
    dropped.type(seconds=1)
    expect_line(page, KEPT)
    leaving = open_sign_out(scene, device, page)
    leaving.get_by_role("button", name="Discard it and sign out").click()
    leaving.wait_for_url(f"{scene.network.url}/")
    assert device.held() == {"people": 0, "unsent": 0}
    scene.judge(loss, texts={scene.night: sent})


def open_sign_out(scene: Scene, device: Device, page: Page) -> Page:
    """The page that signs out and says that something is not sent: in the tab that was written in, or in another."""
    leaving = scene.chance.choice([page, device.context.new_page()])
    leaving.goto(f"{scene.network.url}/accounts/logout/")
    leaving.get_by_role("heading", name="Something hasn’t been sent yet").wait_for()
    return leaving
