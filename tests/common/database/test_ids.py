"""`common.database.ids`: any number of ids in one statement."""

import uuid

from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from common.database.ids import Ids
from common.database.prepared import Prepared
from common.ids import new_id
from tests.factories import make_user

CHOSEN = Prepared(lambda: User.objects.filter(pk__in=Ids("people")).order_by("pk").values_list("pk", flat=False))


class IdsTests(TestCase):
    people: list[uuid.UUID]

    @classmethod
    def setUpTestData(cls) -> None:
        cls.people = sorted(make_user(email=f"person-{number}@example.org").pk for number in range(4))

    def test_finds_what_a_list_of_ids_would(self) -> None:
        first, second, third, fourth = self.people
        for wanted in ([], [third], [second, first], [fourth, new_id(), second], [first, first]):
            assert [pk for (pk,) in CHOSEN.rows(people=wanted)] == sorted(set(wanted) & set(self.people))

    def test_is_one_statement_whatever_their_number(self) -> None:
        for count in (0, 1, 4):
            with CaptureQueriesContext(connection) as queries:
                assert len(CHOSEN.rows(people=self.people[:count])) == count
            assert len(queries) == 1
