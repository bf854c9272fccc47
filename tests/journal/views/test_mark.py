"""/prompts/<slug>/mark/: keeping a prompt for later, not being asked it again, and taking either back."""

from http import HTTPStatus

import time_machine
from django.urls import reverse

from prompts.models import Mark
from tests.factories import make_user
from tests.helpers import EVENING, HOUR, element
from tests.prompts.cases import LibraryCase


class MarkTests(LibraryCase):
    def setUp(self) -> None:
        self.client.force_login(self.parent)

    def buttons(self) -> dict[str, str]:
        page = self.read("/prompts/at-the-door/")
        return {str(button["value"]): button.get_text() for button in page.select("form[action$='/mark/'] button")}

    def test_keeps_for_later_or_puts_away_and_takes_back(self) -> None:
        assert self.buttons() == {"later": "Keep for later", "never": "Not for me"}

        self.assertRedirects(self.mark(kind="later"), "/prompts/at-the-door/")
        assert self.marks() == {"at-the-door": "later"}
        assert self.buttons() == {"": "Don’t keep it for later", "never": "Not for me"}

        self.mark(kind="never")
        assert self.marks() == {"at-the-door": "never"}
        assert self.buttons() == {"": "Let it come back", "later": "Keep for later"}

        self.mark(kind="")
        assert self.marks() == {}

    def test_says_what_was_done(self) -> None:
        for kind, notice in [("later", "Kept for later."), ("never", "You won’t be asked this again"), ("", "Undone.")]:
            self.mark(kind=kind)
            assert notice in element(self.read("/prompts/at-the-door/"), ".messages").get_text()

    def test_sent_twice_does_it_once(self) -> None:
        with time_machine.travel(EVENING, tick=False) as clock:
            self.mark(kind="later")
            clock.shift(HOUR)
            self.mark(kind="later")

        assert [mark.marked_at for mark in Mark.objects.all()] == [EVENING]

        for _ in range(2):
            self.assertRedirects(self.mark(kind=""), "/prompts/at-the-door/")
        assert self.marks() == {}

    def test_retired_ones_and_those_of_paths_can_be_marked_too(self) -> None:
        self.mark("long-gone", kind="never")
        self.mark("on-a-path", kind="later")

        assert self.marks() == {"long-gone": "never", "on-a-path": "later"}

    def test_leaves_other_peoples_marks(self) -> None:
        other = make_user(email="other@example.org")
        Mark.objects.create(parent=other, prompt_id="at-the-door", kind="later", marked_at=EVENING)

        for kind in ("", "never"):
            self.mark(kind=kind)

        assert self.marks(other) == {"at-the-door": "later"}

    def test_sends_visitors_to_sign_in(self) -> None:
        self.client.logout()

        url = "/prompts/at-the-door/mark/"
        self.assertRedirects(self.mark(kind="later"), f"{reverse('account_login')}?next={url}", fetch_redirect_response=False)
        assert not Mark.objects.exists()

    def test_is_not_done_by_a_link(self) -> None:
        self.mark(kind="later")

        for method in (self.client.get, self.client.head, self.client.put):
            assert method("/prompts/at-the-door/mark/?kind=never").status_code == HTTPStatus.METHOD_NOT_ALLOWED
        assert self.marks() == {"at-the-door": "later"}

    def test_unknown_prompts_and_kinds_mark_nothing(self) -> None:
        for slug in ("nothing-like-it", "x" * 300):
            assert self.mark(slug, kind="later").status_code == HTTPStatus.NOT_FOUND
        for kind in ("wrath", "\0", "LATER", "x" * 500):
            assert self.mark(kind=kind).status_code < HTTPStatus.INTERNAL_SERVER_ERROR

        assert self.marks() == {}

    def test_leads_back_to_a_list_and_nowhere_else(self) -> None:
        self.assertRedirects(self.mark(kind="", **{"from": "never"}), "/prompts/marked/never/")
        for elsewhere in ("https://example.com/", "//example.com", "/help/", "\0"):
            self.assertRedirects(self.mark(kind="", **{"from": elsewhere}), "/prompts/at-the-door/")
