"""`/prompts/marked/<kind>/` and `/prompts/<slug>/mark/`: the questions that a parent kept for later or put away."""

from http import HTTPStatus

import time_machine
from django.urls import reverse

from prompts.models import Mark
from tests.factories import make_user
from tests.helpers import EVENING, HOUR, element, on_own_device
from tests.prompts.cases import LibraryCase


class MarkedTests(LibraryCase):
    def setUp(self) -> None:
        self.client.force_login(self.parent)
        on_own_device(self.client)

    def listed(self, kind: str) -> list[str]:
        return [str(a["href"]).split("/")[-2] for a in self.read(f"/prompts/marked/{kind}/").select("article h2 a")]

    def test_lists_each_kind_the_latest_first(self) -> None:
        make_mark = Mark.objects.create
        make_mark(parent=make_user(email="other@example.org"), prompt_id="a-small-prayer", kind="later", marked_at=EVENING)
        with time_machine.travel(EVENING, tick=False) as clock:
            for slug, kind in [("on-a-path", "later"), ("at-the-door", "later"), ("a-slow-evening", "never"), ("long-gone", "later")]:
                self.mark(slug, kind=kind)
                clock.shift(HOUR)

        assert self.listed("later") == ["long-gone", "at-the-door", "on-a-path"]
        assert self.listed("never") == ["a-slow-evening"]

    def test_what_was_put_away_before_is_listed_by_when_it_was_kept(self) -> None:
        with time_machine.travel(EVENING, tick=False) as clock:
            for slug, kind in [("at-the-door", "never"), ("on-the-phone", "later"), ("at-the-door", "later")]:
                self.mark(slug, kind=kind)
                clock.shift(HOUR)

        assert self.listed("later") == ["at-the-door", "on-the-phone"]

    def test_its_buttons_take_marks_back(self) -> None:
        for kind in ("later", "never"):
            self.mark(kind=kind)
            form = element(self.read(f"/prompts/marked/{kind}/"), "article form")
            fields = {str(field["name"]): str(field["value"]) for field in form.select("[name]")}

            self.assertRedirects(self.client.post(str(form["action"]), fields), f"/prompts/marked/{kind}/")
            assert self.listed(kind) == []

    def test_says_where_nothing_is_marked(self) -> None:
        empty = self.read("/prompts/marked/later/")
        assert "You haven’t kept any for later." in empty.get_text()
        assert not empty.select("main form"), "there is nothing to be asked first"
        assert "You haven’t put any away." in self.read("/prompts/marked/never/").get_text()

    def test_there_are_no_other_lists(self) -> None:
        for kind in ("wrath", "LATER", "x" * 300):
            assert self.client.get(f"/prompts/marked/{kind}/").status_code == HTTPStatus.NOT_FOUND
        assert self.client.post("/prompts/marked/later/").status_code == HTTPStatus.METHOD_NOT_ALLOWED

    def test_sends_visitors_to_the_login(self) -> None:
        self.client.logout()

        for kind in ("later", "never"):
            url = f"/prompts/marked/{kind}/"
            self.assertRedirects(self.client.get(url), f"{reverse('account_login')}?next={url}", fetch_redirect_response=False)
