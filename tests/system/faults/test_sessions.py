"""The person is signed out while they write, and what is on the device stays theirs."""

import time

import pytest
from playwright.sync_api import Page

from tests.factories import PASSWORD
from tests.system.faults.scene import HELD, KEPT, SAVED, Device, Scene, expect, says, sign_in, wait_until
from tests.system.faults.typist import Accident, Typist

OTHER = "a second lamp on the stairs"


def signed_out_while_typing(scene: Scene, sign_out: Accident) -> tuple[Device, Page, Typist]:
    device = scene.device().is_signed_in()
    page = device.opens_tonight()
    typist = scene.typist(page)
    with sign_out:
        typist.types(until=sign_out.has_happened)
    typist.types(until=lambda: page.locator("[data-sign-in]").is_visible())
    typist.types(seconds=1)
    return device, page, typist


def signs_in_again(page: Page, email: str, password: str) -> None:
    """By the link that the page itself shows."""
    page.locator("[data-sign-in]").click()
    page.wait_for_url("**/login/**")
    sign_in(page, email, password)


def goes_on(scene: Scene, page: Page, typist: Typist, fault: float) -> None:
    """All of the text is where it was, and can be gone on with."""
    came_back = scene.settles(page)
    assert came_back == typist.text
    more = scene.typist(page)
    more.types(seconds=1)
    says(page, SAVED)
    scene.judge(typist.loss(came_back, fault) + more.loss(scene.text(), fault), stands={scene.night: more.text})


@pytest.mark.faults("session expired")
def test_the_session_expires_and_somebody_else_signs_in_first(scene: Scene) -> None:
    scene.begins()
    expire = scene.on_server("end_sessions")
    device, page, typist = signed_out_while_typing(scene, expire)
    word = max(typist.text.split(), key=len)

    stranger = scene.somebody_else()
    signs_in_again(page, stranger, PASSWORD)
    expect(page.locator("#text")).to_have_value("")
    wait_until(lambda: page.evaluate(HELD)["people"] == 2, page)
    for path in ("tonight", "journal"):
        page.goto(f"{scene.network.url}/{path}/")
        assert word not in page.content()
    page.goto(f"{scene.network.url}/accounts/logout/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{scene.network.url}/")

    goes_on(scene, device.opens_tonight(page), typist, expire.moment)


@pytest.mark.faults("password changed elsewhere")
def test_the_password_is_changed_elsewhere(scene: Scene) -> None:
    scene.begins()
    change = scene.on_server("change_password", password=OTHER)
    _device, page, typist = signed_out_while_typing(scene, change)

    signs_in_again(page, scene.email, OTHER)

    goes_on(scene, page, typist, change.moment)


@pytest.mark.faults("JavaScript off and the session expired")
def test_the_session_expires_without_javascript(scene: Scene) -> None:
    scene.begins()
    device = scene.device(java_script_enabled=False).is_signed_in()
    page = device.context.new_page()
    page.goto(f"{scene.network.url}/tonight/")
    typist = scene.typist(page)
    typist.types(seconds=2)
    expire = scene.on_server("end_sessions")
    with expire:
        typist.types(until=expire.has_happened)

    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("heading", name="Your text is here")).to_be_visible()
    expect(page.locator("#text")).to_have_value(typist.text)
    with device.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in in a new tab").click()
    sign_in(opened.value, scene.email)
    page.get_by_role("button", name="Save").click()
    if page.get_by_role("heading", name="Your text is here").is_visible():
        page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Done")).to_be_visible()

    expect(page.locator("#text")).to_have_value(typist.text)
    scene.judge(typist.loss(scene.text(), expire.moment), stands={scene.night: typist.text})


@pytest.mark.faults("sign-out with unsent text")
def test_signing_out_with_unsent_text(scene: Scene) -> None:
    scene.begins()
    device = scene.device().is_signed_in()
    page = device.opens_tonight()
    typist = scene.typist(page)
    with Accident(scene.network.refuse_saves, after=scene.chance.uniform(0, 3)) as accident:
        typist.types(seconds=3, until=accident.has_happened)
    typist.types(seconds=scene.chance.uniform(0.2, 2))
    says(page, KEPT)

    left = time.monotonic()
    leaving = signs_out(scene, device, page)
    leaving.get_by_role("button", name="Send it, then sign out").click()
    expect(leaving.get_by_text("It could not be sent")).to_be_visible()
    scene.network.mend()
    leaving.get_by_role("button", name="Send it, then sign out").click()
    leaving.wait_for_url(f"{scene.network.url}/")
    assert device.held() == {"people": 0, "unsent": 0}
    sent = scene.text()
    loss = typist.loss(sent, left)

    page = device.opens_tonight()
    dropped = scene.typist(page)
    scene.network.refuse_saves()
    dropped.types(seconds=1)
    says(page, KEPT)
    leaving = signs_out(scene, device, page)
    leaving.get_by_role("button", name="Drop it and sign out").click()
    leaving.wait_for_url(f"{scene.network.url}/")
    assert device.held() == {"people": 0, "unsent": 0}
    scene.judge(loss, stands={scene.night: sent})


def signs_out(scene: Scene, device: Device, page: Page) -> Page:
    """From the tab that was written in, or from another one."""
    leaving = scene.chance.choice([page, device.context.new_page()])
    leaving.goto(f"{scene.network.url}/accounts/logout/")
    leaving.get_by_role("heading", name="Something is not sent yet").wait_for()
    return leaving
