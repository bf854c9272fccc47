"""`common.database.prepared`: querysets that are compiled once."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Count, DateField, UUIDField
from django.test import TestCase

from accounts.models import User
from common.database.prepared import Placeholder, Prepared, columns, instance, instance_if_any
from prompts.models import Mark
from tests.factories import make_prompt, make_user
from tests.helpers import DAY, EVENING

OF_PARENT = Prepared(
    lambda: (
        Mark.objects.filter(parent=Placeholder("parent", UUIDField())).order_by("pk").values_list("pk", "marked_at", "prompt_id", "parent")
    )
)


class PreparedTests(TestCase):
    parent: User
    other: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.parent, cls.other = make_user(), make_user(email="other@example.org")
        for number in range(3):
            prompt = make_prompt(slug=f"presence-{number}")
            Mark.objects.create(parent=cls.parent, prompt=prompt, kind=Mark.Kind.LATER, marked_at=EVENING + number * DAY)
        Mark.objects.create(parent=cls.other, prompt=prompt, kind=Mark.Kind.NEVER, marked_at=EVENING)

    def test_returns_what_the_queryset_would_whatever_the_values(self) -> None:
        for parent in (self.parent, self.other, self.parent):
            expected = list(Mark.objects.filter(parent=parent).order_by("pk").values_list("pk", "marked_at", "prompt_id", "parent"))

            with self.assertNumQueries(1):
                rows = OF_PARENT.rows(parent=parent.pk)

            assert rows == expected
        assert OF_PARENT.rows(parent=uuid.uuid4()) == []

    def test_is_compiled_once(self) -> None:
        built = []

        def build() -> object:
            built.append(1)
            return Mark.objects.filter(parent=Placeholder("parent", UUIDField())).values_list("kind")

        query = Prepared(build)  # type: ignore[arg-type, var-annotated]
        for parent in (self.parent, self.other):
            query.rows(parent=parent.pk)

        assert len(built) == 1

    def test_takes_one_value_in_several_places_and_keeps_what_is_no_placeholder(self) -> None:
        day = Placeholder("day", DateField())
        query = Prepared(
            lambda: Mark.objects.filter(marked_at__date__gte=day, marked_at__date__lte=day, kind="later").values_list("prompt_id")
        )

        assert query.rows(day=EVENING.date() + DAY) == [("presence-1",)]
        assert query.rows(day=EVENING.date()) == [("presence-0",)]

    def test_a_value_is_never_taken_for_sql(self) -> None:
        for hostile in ("' OR 1=1 --", "%s", '"'):
            with pytest.raises(ValidationError):
                OF_PARENT.rows(parent=hostile)

    def test_says_which_value_is_missing(self) -> None:
        with self.assertRaisesMessage(KeyError, "parent"):
            OF_PARENT.rows(author=self.parent.pk)

    def test_annotations_are_read_as_their_type(self) -> None:
        query = Prepared(
            lambda: User.objects.filter(pk=Placeholder("pk", UUIDField())).annotate(n=Count("marks")).values_list("n", "date_joined")
        )

        [(count, joined)] = query.rows(pk=self.parent.pk)

        assert count == 3
        assert isinstance(joined, dt.datetime)
        assert joined.tzinfo is not None


class InstanceTests(TestCase):
    def test_is_as_the_orm_reads_it(self) -> None:
        person = make_user()

        found = instance(User, User.objects.values_list(*columns(User)).get())

        assert (found, found._state.adding, found._state.db) == (person, False, connection.alias)
        assert vars(found).keys() >= {field.attname for field in User._meta.concrete_fields}
        found.save()

    def test_is_none_where_a_join_found_none(self) -> None:
        assert instance_if_any(User, [None] * len(columns(User))) is None

    def test_columns_over_a_relation(self) -> None:
        make_prompt()
        person = make_user()
        Mark.objects.create(parent=person, prompt_id="at-the-door", kind=Mark.Kind.LATER, marked_at=EVENING)

        row = Mark.objects.values_list(*columns(User, "parent")).get()

        assert instance_if_any(User, row) == person
