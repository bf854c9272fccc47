"""`static/js/push.js` and the service worker: a browser subscribes, shows a reminder, and leads on from it."""

import json
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import User
from journal.messages import reminders
from journal.messages.push import identity, subscriptions
from journal.models import MessagePlan, PushSubscription
from tests.browser.conftest import SignIn
from tests.journal.messages.push.browser import Browser

# No push service can be reached from a test: what the browser would get of one is put in its place.
SUBSCRIBED = """
({endpoint, p256dh, auth}) => {
  Object.defineProperty(Notification, "permission", { get: () => "default" });
  let current = null;
  const made = { endpoint, toJSON: () => ({ endpoint, keys: { p256dh, auth } }), unsubscribe: async () => { current = null; } };
  PushManager.prototype.subscribe = async (options) => { window.asked = options; localStorage.subscribed = 1; return (current = made); };
  PushManager.prototype.getSubscription = async () => (localStorage.subscribed ? made : current);
}
"""


@pytest.fixture
def subscribable(page: Page, parent: User, sign_in: SignIn) -> Page:
    address = Browser().address
    values = json.dumps({"endpoint": address.endpoint, "p256dh": address.p256dh, "auth": address.auth})
    page.add_init_script(f"({SUBSCRIBED})({values})")
    identity.make_key()
    sign_in(parent)
    return page


def test_a_device_is_chosen_at_one_press_and_forgotten_at_another(subscribable: Page, parent: User) -> None:
    page = subscribable
    page.goto("/journal/reminders/")
    page.get_by_role("button", name="Remind me on this device").click()

    expect(page.get_by_text("Here", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Remind me on this device")).to_be_hidden()
    [row] = PushSubscription.objects.of(parent)
    assert subscriptions.endpoint(row) == Browser().address.endpoint
    assert MessagePlan.objects.get().next_at is not None

    page.get_by_role("button", name="Not here anymore").click()
    expect(page.get_by_role("button", name="Remind me on this device")).to_be_visible()
    assert not PushSubscription.objects.exists()


def test_what_the_site_does_not_take_is_said_and_nothing_is_left_subscribed(subscribable: Page) -> None:
    page = subscribable
    page.route("**/journal/reminders/device/", lambda route: route.fulfill(status=503))
    page.goto("/journal/reminders/")
    page.get_by_role("button", name="Remind me on this device").click()

    expect(page.get_by_text("That didn’t work.")).to_be_visible()
    expect(page.get_by_role("button", name="Remind me on this device")).to_be_enabled()


def test_a_browser_that_cannot_is_told_so(page: Page, parent: User, sign_in: SignIn) -> None:
    identity.make_key()
    page.add_init_script("delete window.PushManager")
    sign_in(parent)
    page.goto("/journal/reminders/")

    expect(page.get_by_text("This browser can’t show reminders.")).to_be_visible()


# Without a window Chromium shows nothing: the worker's own code runs, and what it would show and open is written down.
DELIVER = """async ({ text, action }) => {
  const seen = { shown: [], opened: [] };
  self.registration.showNotification = async (title, options) => { seen.shown.push({ title, ...options }); };
  self.clients.openWindow = async (url) => { seen.opened.push(url); };
  const dispatch = async (event) => {
    let done;
    event.waitUntil = (promise) => { done = promise; };
    self.dispatchEvent(event);
    await done;
  };
  await dispatch(new PushEvent("push", text ? { data: text } : {}));
  const notification = { ...seen.shown[0], close: () => { seen.closed = true; } };
  await dispatch(Object.assign(new ExtendableEvent("notificationclick"), { notification, action }));
  return seen;
}"""


def deliver(page: Page, context: BrowserContext, text: str, action: str = "") -> dict[str, Any]:
    """Deliver a message as a push service would, and press what is shown, or the button of this action."""
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    [worker] = context.service_workers
    seen: dict[str, Any] = worker.evaluate(DELIVER, {"text": text, "action": action})
    return seen


@pytest.mark.usefixtures("evening")  # an hour before the night ends, nothing can wait an hour
def test_a_reminder_is_shown_opens_tonight_and_can_wait(page: Page, context: BrowserContext, parent: User, sign_in: SignIn) -> None:
    sign_in(parent)
    page.goto("/journal/")
    plan = MessagePlan.objects.create(person=parent, by_mail=True)
    night = parent.tonight(timezone.now())
    content = json.dumps(reminders.push(plan, parent, night, has_news=False))

    pressed = deliver(page, context, content)
    [shown] = pressed["shown"]
    assert (shown["title"], shown["body"]) == ("Tonight’s page is ready", "One line is enough.")
    assert [action["action"] for action in shown["actions"]] == ["later"]
    assert (pressed["opened"], pressed["closed"]) == (["/tonight/"], True)

    assert deliver(page, context, content, "later")["opened"] == []
    assert MessagePlan.objects.get().snoozed_on == night


@pytest.mark.parametrize("text", ["", "no JSON"])
def test_a_message_that_cannot_be_read_shows_the_sites_name(
    page: Page, context: BrowserContext, parent: User, sign_in: SignIn, text: str
) -> None:
    sign_in(parent)
    page.goto("/journal/")

    pressed = deliver(page, context, text)
    assert pressed["shown"][0]["title"] in page.url
    assert pressed["opened"] == ["/"]
