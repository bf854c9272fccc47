"""`/prompts/kept-first/`: a parent decides whether questions kept for later come first."""

from http import HTTPStatus
from typing import Any

from django.urls import reverse

from accounts.models import Preferences, User
from tests.helpers import element
from tests.prompts.cases import LibraryCase


class KeptFirstTests(LibraryCase):
    url = "/prompts/kept-first/"

    def setUp(self) -> None:
        self.client.force_login(self.parent)

    def stored(self) -> Preferences:
        return User.objects.get(pk=self.parent.pk).preferences

    def press(self) -> Any:
        button = element(self.read("/prompts/marked/later/"), f"form[action='{self.url}'] button")
        return self.client.post(self.url, {str(button["name"]): str(button["value"])})

    def tonight(self) -> str:
        return element(self.read("/tonight/"), "h1").get_text()

    def test_pressed_once_what_is_kept_comes_first_and_pressed_again_by_turn(self) -> None:
        self.mark("on-the-phone", kind="later")  # which is not asked by turn, since the parent chose no age
        assert self.tonight() != "What did the phone hear?"

        self.assertRedirects(self.press(), "/prompts/marked/later/")
        assert self.tonight() == "What did the phone hear?"

        self.press()
        assert self.tonight() != "What did the phone hear?"

    def test_sends_the_choice_itself_so_that_sent_twice_it_is_the_same(self) -> None:
        for first, is_first in [("yes", True), ("no", False), ("yes", True), ("perhaps", False)]:
            for _ in range(2):
                self.client.post(self.url, {"first": first})
                assert self.stored().kept_first is is_first

    def test_leaves_other_choices_as_they_are(self) -> None:
        self.parent.sealed_preferences = Preferences(themes=("grace",), ages=("teen",), start=("mending",))
        self.parent.save()

        self.client.post(self.url, {"first": "yes"})

        assert self.stored() == Preferences(themes=("grace",), ages=("teen",), kept_first=True, start=("mending",))

    def test_is_not_done_by_a_link_nor_by_visitors(self) -> None:
        assert self.client.get(self.url, {"first": "yes"}).status_code == HTTPStatus.METHOD_NOT_ALLOWED
        self.client.logout()
        to_login = f"{reverse('account_login')}?next={self.url}"
        self.assertRedirects(self.client.post(self.url, {"first": "yes"}), to_login, fetch_redirect_response=False)

        assert not self.stored().kept_first
