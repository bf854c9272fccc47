"""accounts.admin: the operator sees who has an account, and nothing of what they wrote."""

import re
from http import HTTPStatus

from django.contrib import admin
from django.test import RequestFactory, TestCase
from django.urls import reverse

from accounts.keys.sealing import SealedField
from accounts.models import Connection, KeySlot, User
from tests.factories import make_connection, make_counselor, make_entry, make_user
from tests.helpers import signed_in


class AdminTests(TestCase):
    operator: User
    person: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.operator = User.objects.create_superuser("operator@example.org")
        cls.person = make_user()
        make_entry(cls.person, text="Tonight the walrus sang.")

    def setUp(self) -> None:
        self.client = signed_in(self.operator)

    def test_lists_people(self) -> None:
        assert "parent@example.org" in self.client.get(reverse("admin:accounts_user_changelist")).content.decode()

    def test_shows_no_word_and_no_key_of_theirs(self) -> None:
        page = self.client.get(reverse("admin:accounts_user_change", args=[self.person.pk])).content.decode()

        assert "parent@example.org" in page
        for word in ("walrus", "sealed", "password", "key_slots"):
            assert word not in page

    def test_creates_no_account(self) -> None:
        assert self.client.get(reverse("admin:accounts_user_add")).status_code == HTTPStatus.FORBIDDEN

    def test_has_no_page_for_what_was_written(self) -> None:
        index = self.client.get(reverse("admin:index")).content.decode()

        assert "/admin/journal/" not in index
        assert "keyslot" not in index

    def test_names_no_sealed_column(self) -> None:
        request = RequestFactory().get("/admin/")
        request.user = self.operator
        assert {model._meta.label for model in admin.site._registry} == {"accounts.User", "counselor.Workspace"}
        for model, page in admin.site._registry.items():
            secret = {field.name for field in model._meta.get_fields() if isinstance(field, SealedField)} | {"password"}
            shown = {*page.get_fields(request), *page.get_readonly_fields(request), *page.get_search_fields(request), *page.list_display}
            shown |= set(re.findall(r"\w+", str(page.get_list_filter(request))))
            assert not {str(name).split("__")[0] for name in shown} & secret, model
            assert not set(page.get_form(request)().fields) & secret, model

    def test_is_closed_to_everybody_else(self) -> None:
        self.client.force_login(self.person)

        assert self.client.get(reverse("admin:index"), follow=True).status_code == HTTPStatus.FORBIDDEN

    def test_deleting_a_person_ends_their_connections(self) -> None:
        counselors = [make_counselor(email=f"{n}@example.org") for n in range(2)]
        for counselor in counselors:
            make_connection(counselor, self.person)

        self.client.post(reverse("admin:accounts_user_delete", args=[counselors[0].pk]), {"post": "yes"})
        selected = {"action": "delete_selected", "_selected_action": [counselors[1].pk], "post": "yes"}
        self.client.post(reverse("admin:accounts_user_changelist"), selected)

        assert not User.objects.filter(email__in=["0@example.org", "1@example.org"]).exists()
        assert [connection.ended_by for connection in Connection.objects.all()] == ["closed", "closed"]
        assert not KeySlot.objects.filter(connection__isnull=False).exists()
