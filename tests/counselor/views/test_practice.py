"""`/accounts/practice/…`: opening a practice, inviting, joining, taking out, leaving, and the sets that are shared."""

from http import HTTPStatus

from django.test import Client, TestCase
from django.utils import timezone

from accounts.models import User
from common.ids import new_id
from counselor import practices
from counselor.models import Membership, Practice, PracticeSet
from prompts.models import Assignment, PromptSet
from tests.factories import make_connection, make_counselor, make_set, make_user
from tests.helpers import confirm, form_fields, main_text, parsed, signed_in

URL = "/accounts/practice/"


class PracticeCase(TestCase):
    owner: User
    colleague: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.owner = make_counselor()
        cls.colleague = make_counselor(email="colleague@example.org", name="Bo Lind")
        make_connection(cls.colleague, make_user(), parent_name="Mara of Bo")

    def setUp(self) -> None:
        self.client.force_login(self.owner)

    def open(self) -> Practice:
        return practices.open_practice(self.owner, new_id(), "Lindgatan", timezone.now())

    def link(self) -> str:
        self.client.post(URL, {"act": "invite", "id": new_id(), "name": "Bo"})
        address = parsed(self.client.get(URL)).select_one("input.link")
        assert address is not None
        return str(address["value"]).removeprefix("http://testserver")

    def join(self) -> Client:
        browser = signed_in(self.colleague)
        assert browser.post(self.link()).headers["Location"] == URL
        return browser


class OpeningTests(PracticeCase):
    def test_is_opened_with_a_name_that_is_kept_when_it_fails(self) -> None:
        page = parsed(self.client.get(URL))
        fields = form_fields(page) | {"name": "Lindgatan"}

        for _twice in range(2):
            self.client.post(URL, fields)

        assert Practice.objects.get().name == "Lindgatan"
        assert self.client.post(URL, {"act": "rename", "name": ""}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY

    def test_who_is_in_another_one_meanwhile_is_told_so(self) -> None:
        fields = form_fields(parsed(self.client.get(URL))) | {"name": "Lindgatan"}
        self.open()

        self.client.post(URL, fields)  # another tab: it is taken for the open one’s page

        assert Practice.objects.count() == 1

    def test_the_workspace_leads_there(self) -> None:
        self.assertContains(self.client.get("/accounts/workspace/"), f'href="{URL}"')


class JoiningTests(PracticeCase):
    def test_the_story_of_two(self) -> None:
        self.open()
        link = self.link()
        theirs = signed_in(self.colleague)

        assert "Lindgatan" in (offer := main_text(theirs.get(link)))
        assert "No colleague or owner sees your clients" in offer
        theirs.post(link)

        assert [name for name in ("Ines Holm", "Bo Lind") if name in main_text(theirs.get(URL))] == ["Ines Holm", "Bo Lind"]
        assert "Invite a colleague" not in main_text(theirs.get(URL))
        assert theirs.get(link).headers["Location"] == URL
        assert "Mara of Bo" not in self.client.get(URL).content.decode()

    def test_a_link_that_was_used_or_withdrawn_says_so_calmly(self) -> None:
        self.open()
        link = self.link()
        waiting = practices.invitations(Practice.objects.get(), timezone.now()).get()
        self.client.post(f"{URL}invitations/{waiting.pk}/withdraw/")

        response = signed_in(self.colleague).get(link)

        assert response.status_code == HTTPStatus.GONE
        assert "This link no longer works" in main_text(response)

    def test_who_is_elsewhere_is_told_what_to_do(self) -> None:
        self.open()
        link = self.link()
        practices.open_practice(self.colleague, new_id(), "Elsewhere", timezone.now())
        theirs = signed_in(self.colleague)

        assert "Leave yours first" in main_text(theirs.get(link))
        assert "Leave yours first" in main_text(theirs.post(link))

    def test_nobody_but_an_owner_renames_or_invites(self) -> None:
        self.open()
        theirs = self.join()

        for act in ("rename", "invite"):
            assert theirs.post(URL, {"act": act, "name": "Mine"}).status_code == HTTPStatus.NOT_FOUND
        assert Practice.objects.get().name == "Lindgatan"


class MembersTests(PracticeCase):
    def setUp(self) -> None:
        super().setUp()
        self.open()
        self.theirs = self.join()
        self.address = f"{URL}members/{self.colleague.pk}/"

    def roles(self) -> list[str]:
        return list(Membership.objects.values_list("role", flat=True))

    def test_an_owner_makes_another_one(self) -> None:
        self.assertContains(self.client.get(self.address), "Make them an owner")

        self.client.post(self.address, {"act": "owner"})

        assert self.roles() == ["owner", "owner"]

    def test_an_owner_takes_out_and_a_colleague_does_not(self) -> None:
        theirs = f"{URL}members/{self.owner.pk}/"
        assert self.theirs.get(theirs).status_code == self.theirs.post(theirs, {"act": "remove"}).status_code == HTTPStatus.NOT_FOUND

        for _twice in range(2):
            self.client.post(self.address, {"act": "remove"})

        assert self.roles() == ["owner"]
        assert self.client.get(self.address).status_code == HTTPStatus.NOT_FOUND

    def test_leaving_is_confirmed_and_says_what_becomes_of_clients(self) -> None:
        confirm(self.theirs)

        assert "Your clients stay with you" in main_text(self.theirs.get(f"{URL}leave/"))
        for _twice in range(2):
            assert self.theirs.post(f"{URL}leave/").headers["Location"] == "/accounts/workspace/"

        assert self.roles() == ["owner"]


class SharedSetsTests(PracticeCase):
    def setUp(self) -> None:
        super().setUp()
        self.open()
        self.theirs = self.join()
        self.set = make_set(self.owner, name="First weeks", steps=["What was said at the door?"])

    def test_a_set_is_shared_read_copied_and_kept_again(self) -> None:
        sets, address = f"{URL}sets/", f"{URL}sets/{self.set.pk}/"
        assert self.theirs.get(address).status_code == HTTPStatus.NOT_FOUND

        self.client.post(sets, {"set": self.set.pk, "act": "share"})
        assert "First weeks" in main_text(self.theirs.get(sets))
        assert "What was said at the door?" in main_text(self.theirs.get(address))
        copy = {"id": str(new_id())}
        for _twice in range(2):
            self.theirs.post(address, copy)
        self.client.post(sets, {"set": self.set.pk, "act": "keep"})

        assert self.theirs.get(address).status_code == HTTPStatus.NOT_FOUND
        assert PromptSet.objects.get(author=self.colleague).content.name == "First weeks"

    def test_nobody_shares_what_is_not_theirs(self) -> None:
        for fields in ({"set": str(self.set.pk), "act": "share"}, {"set": str(new_id())}, {"set": "nonsense"}, {}):
            assert self.theirs.post(f"{URL}sets/", fields).status_code == HTTPStatus.NOT_FOUND
        assert not PracticeSet.objects.exists()

    def test_a_shared_set_is_assigned_from_a_copy_that_follows_it(self) -> None:
        self.client.post(f"{URL}sets/", {"set": self.set.pk, "act": "share"})
        address = f"/prompts/assignments/new/?colleague={self.set.pk}"
        self.assertContains(self.theirs.get(f"{URL}sets/{self.set.pk}/"), f'href="{address}"')

        for _twice in range(2):
            fields = form_fields(parsed(self.theirs.get(address)))
            self.theirs.post("/prompts/assignments/new/", {**fields, "assign": "assign", "sure": "again"})

        copy = PromptSet.objects.get(author=self.colleague)
        given = Assignment.objects.filter(connection__counselor=self.colleague)
        assert {assignment.content.name for assignment in given} == {"First weeks"}
        assert {assignment.set for assignment in given} == {copy}
        assert not Assignment.objects.exclude(connection__counselor=self.colleague).exists()

    def test_what_is_shared_no_longer_is_not_assigned(self) -> None:
        fields = form_fields(parsed(self.theirs.get(f"/prompts/assignments/new/?colleague={self.set.pk}")))

        response = self.theirs.post("/prompts/assignments/new/", {**fields, "set": f"colleague:{self.set.pk}", "assign": "assign"})

        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert not Assignment.objects.exists()
