"""journal.messages.push.subscriptions: which browsers show a person's reminders."""

import pytest
from django.db import connection
from django.test import TestCase

from accounts.keys import keyring
from accounts.models import User
from journal.messages import plans
from journal.messages.push import subscriptions
from journal.models import MessagePlan, PushAddress, PushSubscription
from tests.factories import make_user
from tests.helpers import EVENING, MINUTE
from tests.journal.messages.push.browser import Browser


class SubscriptionTests(TestCase):
    person: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.person = make_user()

    @keyring.cached()
    def add(self, name: str) -> PushSubscription:
        return subscriptions.add(self.person, Browser(name).address, EVENING)

    def endpoints(self) -> list[str]:
        return [subscriptions.endpoint(row).rsplit("/", 1)[-1] for row in PushSubscription.objects.of(self.person)]

    def test_a_browser_that_says_so_again_has_one_row(self) -> None:
        self.add("one")
        self.add("two")
        self.add("one")

        assert sorted(self.endpoints()) == ["one", "two"]

    def test_one_more_than_the_most_puts_the_oldest_out(self) -> None:
        names = [f"browser-{n}" for n in range(subscriptions.MOST + 2)]
        for name in names:
            self.add(name)

        assert self.endpoints() == names[2:]

    def test_where_it_is_reached_is_in_no_column(self) -> None:
        self.add("one")

        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM journal_pushsubscription")
            stored = b"".join(bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode() for value in cursor.fetchone())
        assert b"push.example.org" not in stored
        assert b"Firefox" not in stored

    def test_the_first_begins_reminders_and_the_last_ends_them(self) -> None:
        plans.store(plans.of(self.person), EVENING)
        assert MessagePlan.objects.get().next_at is None

        row = self.add("one")
        assert MessagePlan.objects.get().next_at is not None

        subscriptions.forget(self.person, row.pk, EVENING + MINUTE)
        assert MessagePlan.objects.get().next_at is None

    def test_nobody_elses_is_forgotten(self) -> None:
        row = self.add("one")

        subscriptions.forget(make_user(email="other@example.org"), row.pk, EVENING)
        assert PushSubscription.objects.count() == 1


@pytest.mark.parametrize(
    "changed",
    [{"p256dh": ""}, {"p256dh": "AAAA"}, {"auth": "short"}, {"auth": "*" * 22}, {"endpoint": "https://127.0.0.1/a"}],
    ids=lambda changed: ",".join(changed),
)
def test_what_no_browser_says_is_no_address(changed: dict[str, str]) -> None:
    good = Browser().address
    values = {"endpoint": good.endpoint, "p256dh": good.p256dh, "auth": good.auth, **changed}

    assert subscriptions.is_address(good)
    assert not subscriptions.is_address(PushAddress(**values))
