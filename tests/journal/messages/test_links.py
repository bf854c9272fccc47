"""journal.messages.links: what leads on from a message is signed, and says whose it is and no more."""

import datetime as dt

import pytest
from django.test import TestCase

from accounts.models import User
from journal.messages import links
from journal.messages.links import Kind, Later, Stop
from tests.factories import make_user
from tests.helpers import TONIGHT


def token(address: str) -> str:
    return address.rstrip("/").rsplit("/", 1)[-1]


class LinkTests(TestCase):
    person: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.person = make_user()

    def test_each_reads_back_what_it_was_made_of(self) -> None:
        for kind in Kind:
            assert links.read_stop(token(links.to_stop(self.person.pk, kind))) == Stop(self.person, kind)
        assert links.read_later(token(links.to_snooze(self.person.pk, TONIGHT))) == Later(self.person, TONIGHT)

    def test_one_is_not_good_for_the_other(self) -> None:
        stop, later = links.to_stop(self.person.pk, Kind.LETTERS), links.to_snooze(self.person.pk, TONIGHT)

        assert links.read_later(token(stop)) is None
        assert links.read_stop(token(later)) is None

    def test_a_changed_one_is_none_of_ours(self) -> None:
        made = token(links.to_snooze(self.person.pk, TONIGHT))
        tomorrow = made.replace(TONIGHT.isoformat(), (TONIGHT + dt.timedelta(days=1)).isoformat())

        for changed in (tomorrow, made[:-1], made + "a", "", "~", "a.b~c", made.replace("~", "")):
            assert links.read_later(changed) is None

    def test_those_of_somebody_who_left_or_is_shut_out_lead_nowhere(self) -> None:
        made = token(links.to_stop(self.person.pk, Kind.REMINDERS))
        User.objects.update(is_active=False)
        assert links.read_stop(made) is None

        self.person.delete()
        assert links.read_stop(made) is None

    def test_it_holds_no_address_and_no_name(self) -> None:
        made = links.to_stop(self.person.pk, Kind.REMINDERS)

        assert self.person.email not in made
        assert "journal" not in made


@pytest.mark.django_db
def test_a_link_to_nobody_asks_the_database_nothing(django_assert_num_queries: pytest.FixtureRequest) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert links.read_stop("made-up") is None
