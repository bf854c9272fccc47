"""/prompts/: the library looked through by anybody, and what a parent marks in it."""

from http import HTTPStatus
from typing import Any

from django.urls import reverse

from accounts.models import Preferences, User
from prompts.questions import forget_library
from tests.prompts.cases import LibraryCase


class KeptFirstTests(LibraryCase):
    url = "/prompts/kept-first/"

    def setUp(self) -> None:
        self.client.force_login(self.parent)
        forget_library()

    def stored(self) -> Preferences:
        return User.objects.get(pk=self.parent.pk).preferences

    def press(self) -> Any:
        button = self.read("/prompts/marked/later/").select(f"form[action='{self.url}'] button")[0]
        return self.client.post(self.url, {str(button["name"]): str(button["value"])})

    def tonight(self) -> str:
        return self.read("/tonight/").select("h1")[0].get_text()

    def test_what_is_kept_comes_first_and_by_turn_again(self) -> None:
        self.mark("on-the-phone", kind="later")  # which no turn brings: no ages are told
        assert self.tonight() != "What did the phone hear?"

        self.assertRedirects(self.press(), "/prompts/marked/later/")
        assert self.tonight() == "What did the phone hear?"

        self.press()
        assert self.tonight() != "What did the phone hear?"

    def test_names_its_end_so_that_sending_it_twice_is_once(self) -> None:
        for first, stays in [("yes", True), ("no", False), ("yes", True), ("perhaps", False)]:
            for _ in range(2):
                self.client.post(self.url, {"first": first})
                assert self.stored().kept_first is stays

    def test_leaves_what_else_was_chosen(self) -> None:
        self.parent.sealed_preferences = Preferences(themes=("grace",), ages=("teen",), start=("mending",))
        self.parent.save()

        self.client.post(self.url, {"first": "yes"})

        assert self.stored() == Preferences(themes=("grace",), ages=("teen",), kept_first=True, start=("mending",))

    def test_is_not_done_by_a_link_nor_by_strangers(self) -> None:
        assert self.client.get(self.url, {"first": "yes"}).status_code == HTTPStatus.METHOD_NOT_ALLOWED
        self.client.logout()
        to_login = f"{reverse('account_login')}?next={self.url}"
        self.assertRedirects(self.client.post(self.url, {"first": "yes"}), to_login, fetch_redirect_response=False)

        assert not self.stored().kept_first
