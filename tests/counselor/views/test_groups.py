"""`/accounts/groups/`, `<id>/` and `<id>/delete/`: a counselor's groups of clients, which no client sees."""

from http import HTTPStatus
from typing import Any

from bs4 import BeautifulSoup
from django.db import connection as database
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import connections
from accounts.models import Connection, User
from common.ids import new_id
from counselor import groups
from counselor.models import ClientGroup
from tests.factories import make_connection, make_counselor, make_user
from tests.helpers import element, form_fields, parsed

URL = "/accounts/groups/"
GROUP_TABLES = ("counselor_clientgroup", "counselor_clientgroup_members")


class GroupsCase(TestCase):
    counselor: User
    other: User
    parent: User
    connection: Connection
    second: Connection
    theirs: Connection

    @classmethod
    def setUpTestData(cls) -> None:
        cls.counselor = make_counselor()
        cls.other = make_counselor(email="other-counselor@example.org", name="Bo Lind")
        cls.parent = make_user()
        cls.connection = make_connection(cls.counselor, cls.parent)
        cls.second = make_connection(cls.counselor, make_user(email="second@example.org"), parent_name="Bente")
        cls.theirs = make_connection(cls.other, make_user(email="third@example.org"), parent_name="Cato")

    def setUp(self) -> None:
        self.client.force_login(self.counselor)

    def read(self, url: str = URL) -> BeautifulSoup:
        """The page, whose queries are in `self.queries` then: they read no entries and write nothing."""
        with CaptureQueriesContext(database) as queries:
            response = self.client.get(url)
        assert response.status_code == HTTPStatus.OK
        self.queries = [query["sql"] for query in queries]
        assert not [sql for sql in self.queries if "journal_entry" in sql]
        written = [sql for sql in self.queries if not sql.startswith(("SELECT", "SAVEPOINT", "RELEASE")) and "django_session" not in sql]
        assert not written  # but for the session, from which a message goes once it was shown
        return parsed(response)

    def make(self, name: str = "Monday <evening>", *members: Connection, counselor: User | None = None) -> ClientGroup:
        group = groups.create(counselor or self.counselor, new_id(), name)
        groups.change(group, name, [connection.pk for connection in members])
        return group

    def address(self, group: ClientGroup) -> str:
        return f"{URL}{group.pk}/"

    def names(self) -> list[str]:
        return [row.content.name for row, _number in groups.with_counts(self.counselor)]

    def members(self, group: ClientGroup) -> list[str]:
        return list(group.members.values_list("parent_name", flat=True))


class WhoMayLookTests(GroupsCase):
    def test_only_the_counselor_whose_group_it_is(self) -> None:
        group = self.make("Monday", self.connection)
        addresses = (self.address(group), f"{self.address(group)}delete/")
        self.client.force_login(self.other)
        for url in addresses:
            assert self.client.get(url).status_code == HTTPStatus.NOT_FOUND
        assert self.client.post(addresses[0], {"name": "Mine"}).status_code == HTTPStatus.NOT_FOUND
        self.client.post(addresses[1])
        assert "Monday" not in str(self.read())

        self.client.force_login(self.parent)
        for url in (URL, *addresses):
            self.assertRedirects(self.client.get(url), "/accounts/workspace/", fetch_redirect_response=False)
            assert self.client.post(url, {"name": "Mine"}).status_code == HTTPStatus.NOT_FOUND

        self.client.logout()
        for url in (URL, *addresses):
            for response in (self.client.get(url), self.client.post(url)):
                assert response.status_code == HTTPStatus.FOUND
                assert "/accounts/login/" in response["Location"]
        for url in (URL, addresses[0]):  # what was typed comes back: tests/common/test_kept_forms.py
            assert self.client.post(url, {"name": "Mine"}).status_code == HTTPStatus.UNAUTHORIZED
        assert self.names() == ["Monday"]
        assert self.members(group) == ["Mara"]

    def test_a_parents_pages_never_ask_for_groups(self) -> None:
        self.make("Rowan circle", self.connection, self.second)
        self.client.force_login(self.parent)
        addresses = (
            "/tonight/",
            "/journal/",
            "/journal/shared/",
            "/accounts/care/",
            f"/accounts/care/{self.connection.pk}/",
            "/accounts/settings/",
            URL,
        )
        with CaptureQueriesContext(database) as queries:
            pages = [self.client.get(url).content.decode() for url in addresses]
        assert [query["sql"] for query in queries for table in GROUP_TABLES if f'"{table}"' in query["sql"]] == []
        assert not [page for page in pages if "Bente" in page or "Rowan circle" in page]


class ListTests(GroupsCase):
    def send(self, **fields: Any) -> Any:
        return self.client.post(URL, {"id": new_id(), "name": "Monday", **fields})

    def test_makes_one_and_goes_on_to_its_members(self) -> None:
        pk = element(self.read(), "input[name=id]")["value"]
        response = self.send(id=pk, name="  Monday \n evening ")
        self.assertRedirects(response, f"{URL}{pk}/")
        assert self.names() == ["Monday evening"]

    def test_the_name_is_sealed_and_in_no_title(self) -> None:
        group = self.make("Monday evening")
        with database.cursor() as cursor:
            cursor.execute("SELECT content FROM counselor_clientgroup")
            assert b"Monday" not in bytes(cursor.fetchone()[0])
        for url in (URL, self.address(group), f"{self.address(group)}delete/"):
            page = self.read(url)
            assert "Monday evening" in str(page.main)
            assert "Monday" not in str(page.title)

    def test_sent_twice_makes_one_and_with_another_name_one_more(self) -> None:
        pk = new_id()
        for name in ("Monday", "Monday", "Tuesday"):
            assert self.send(id=pk, name=name).status_code == HTTPStatus.FOUND
        assert self.names() == ["Monday", "Tuesday"]

    def test_two_may_have_one_name(self) -> None:
        self.send()
        self.send()
        assert self.names() == ["Monday", "Monday"]

    def test_never_changes_another_counselors_group_by_its_id(self) -> None:
        theirs = self.make("Theirs", counselor=self.other)
        self.send(id=theirs.pk)
        assert ClientGroup.objects.get(pk=theirs.pk).content.name == "Theirs"
        assert self.names() == ["Monday"]

    def test_bad_input_comes_back(self) -> None:
        for name, message in (("", "Give the group a name first."), (" \n", "Give the group a name first."), ("x" * 81, "80")):
            response = self.send(name=name)
            assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
            assert message in element(parsed(response), ".errorlist").get_text()
        assert self.send(id="x").status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert not ClientGroup.objects.exists()

    def test_counts_members_in_a_constant_number_of_queries(self) -> None:
        self.make("monday", self.connection)
        self.read()
        before = len(self.queries)
        for number in range(10):
            self.make(f"Group {number}", self.connection, self.second)
        page = self.read()
        assert len(self.queries) == before
        rows = [" ".join(row.get_text(" ").split()) for row in page.select(".ways-on li")]
        assert rows[0] == "Group 0 2 clients"
        assert rows[-1] == "monday 1 client"


class OneGroupTests(GroupsCase):
    def send(self, group: ClientGroup, *members: object, name: str = "Monday") -> Any:
        seen = form_fields(self.read(self.address(group)))["seen"] if self.members(group) else []
        return self.client.post(self.address(group), {"name": name, "members": [str(pk) for pk in members], "seen": seen})

    def checked(self, group: ClientGroup) -> dict[str, bool]:
        labels = self.read(self.address(group)).select(".options label")
        return {label.get_text(strip=True): label.input is not None and label.input.has_attr("checked") for label in labels}

    def test_names_its_members_and_no_others(self) -> None:
        group = self.make("Monday", self.connection)
        assert self.checked(group) == {"Bente": False, "Mara": True}
        for _ in range(2):
            self.assertRedirects(self.send(group, self.second.pk, name="Tuesday"), URL)
        assert self.names() == ["Tuesday"]
        assert self.checked(group) == {"Bente": True, "Mara": False}
        self.send(group)
        assert self.members(group) == []

    def test_what_another_tab_did_meanwhile_stays(self) -> None:
        group = self.make("Monday", self.connection)
        old_page = form_fields(self.read(self.address(group)))
        self.send(group, self.connection.pk, self.second.pk)

        for _ in range(2):
            self.client.post(self.address(group), {**old_page, "name": "Tuesday"})
            assert self.members(group) == ["Bente", "Mara"]

        self.client.post(self.address(group), {**old_page, "members": []})
        assert self.members(group) == ["Bente"]

    def test_takes_only_present_clients_of_ones_own(self) -> None:
        group = self.make()
        connections.end(self.second.parent, self.second.pk, timezone.now())
        self.send(group, self.connection.pk, self.second.pk, self.theirs.pk, new_id(), "x")
        assert self.members(group) == ["Mara"]

    def test_bad_input_comes_back_with_what_was_checked(self) -> None:
        group = self.make("Monday", self.connection)
        response = self.send(group, self.second.pk, name="")
        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        boxes = parsed(response).select("input[name=members][checked]")
        assert [box["value"] for box in boxes] == [str(self.second.pk)]
        assert self.members(group) == ["Mara"]

    def test_a_client_who_left_is_in_no_group(self) -> None:
        group = self.make("Monday", self.connection, self.second)
        connections.end(self.parent, self.connection.pk, timezone.now())
        assert self.checked(group) == {"Bente": True}

    def test_queries_do_not_grow(self) -> None:
        group = self.make("Monday", self.connection)
        self.read(self.address(group))
        before = len(self.queries)
        more = [make_connection(self.counselor, make_user(email=f"p{n}@example.org"), parent_name=f"P {n}") for n in range(10)]
        groups.change(group, "Monday", [connection.pk for connection in more])
        self.read(self.address(group))
        assert len(self.queries) == before

    def test_without_clients_it_says_so(self) -> None:
        Connection.objects.of_counselor(self.counselor).delete()
        assert "You have no clients to add yet" in self.read(self.address(self.make())).get_text()


class DeleteTests(GroupsCase):
    def test_asks_first_and_leaves_the_clients(self) -> None:
        group = self.make("Monday", self.connection)
        url = f"{self.address(group)}delete/"
        assert "Delete this group?" in self.read(url).get_text()
        for _ in range(2):
            self.assertRedirects(self.client.post(url), URL)
        assert self.names() == []
        assert Connection.objects.of_counselor(self.counselor).active().count() == 2
        assert self.client.get(url).status_code == HTTPStatus.NOT_FOUND
