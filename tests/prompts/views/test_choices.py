"""/prompts/choices/: what a parent tells about what to be asked."""

from http import HTTPStatus
from typing import Any

from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Preferences, User
from prompts.models import Mark
from tests.factories import make_prompt, make_theme, make_user
from tests.helpers import parsed


class ChoicesTests(TestCase):
    url = "/prompts/choices/"
    parent: User

    @classmethod
    def setUpTestData(cls) -> None:
        make_theme(slug="grace", opt_in=True)
        cls.parent = make_user()
        make_prompt(slug="at-the-door", theme="presence", question="What happened at the door?")
        make_prompt(slug="a-small-prayer", theme="grace", question="What did you pray for?")
        make_prompt(slug="on-the-phone", theme="repair", question="What did the phone hear?", ages=["teen"])

    def setUp(self) -> None:
        self.client.force_login(self.parent)

    def choose(self, **chosen: list[str]) -> Any:
        return self.client.post(self.url, chosen)

    def stored(self) -> Preferences:
        return User.objects.get(pk=self.parent.pk).preferences

    def asked(self) -> str:
        heading = parsed(self.client.get(reverse("journal:tonight"))).h1
        assert heading is not None
        return heading.get_text()

    def ticked(self) -> list[str]:
        page = parsed(self.client.get(self.url))
        return [str(box["value"]) for box in page.select("input[type=checkbox][checked]")]

    def test_sends_strangers_to_the_login(self) -> None:
        self.client.logout()

        for response in (self.client.get(self.url), self.choose(themes=["presence"])):
            self.assertRedirects(response, f"{reverse('account_login')}?next={self.url}", fetch_redirect_response=False)

    def test_offers_every_theme_and_age_and_ticks_none(self) -> None:
        page = parsed(self.client.get(self.url))

        assert {box["value"] for box in page.select("input[name=themes]")} == {"presence", "grace", "repair"}
        assert {box["value"] for box in page.select("input[name=ages]")} == {"baby", "small", "school", "teen", "grown"}
        assert self.ticked() == []

    def test_keeps_what_was_chosen_sealed_and_shows_it_again(self) -> None:
        response = self.choose(themes=["grace", "repair"], ages=["teen"])

        self.assertRedirects(response, self.url)
        assert self.stored() == Preferences(themes=("grace", "repair"), ages=("teen",))
        assert sorted(self.ticked()) == ["grace", "repair", "teen"]
        sealed: Any = User.objects.values_list("sealed_preferences", flat=True).get()
        assert b"grace" not in sealed.raw

    def test_can_be_taken_back(self) -> None:
        self.choose(themes=["grace"], ages=["teen"], kept_first=["on"])

        self.choose()

        assert self.stored() == Preferences()

    def test_keeps_whether_what_was_kept_comes_first_and_shows_it_again(self) -> None:
        def is_ticked() -> bool:
            return bool(parsed(self.client.get(self.url)).select("input[name=kept_first][checked]"))

        assert not is_ticked()

        self.choose(kept_first=["on"])

        assert self.stored() == Preferences(kept_first=True)
        assert is_ticked()

    def test_asks_first_what_was_kept_where_that_is_chosen(self) -> None:
        Mark.objects.create(parent=self.parent, prompt_id="on-the-phone", kind="later", marked_at=timezone.now())
        assert self.asked() == "What happened at the door?"

        self.choose(kept_first=["on"])
        assert self.asked() == "What did the phone hear?"

        self.choose()
        assert self.asked() == "What happened at the door?"

    def test_leaves_what_other_pages_chose(self) -> None:
        self.parent.sealed_preferences = Preferences(start=("mending",))
        self.parent.save()

        self.choose(themes=["grace"], kept_first=["on"])

        assert self.stored() == Preferences(themes=("grace",), kept_first=True, start=("mending",))

    def test_refuses_themes_and_ages_that_do_not_exist(self) -> None:
        self.choose(themes=["repair"])

        for chosen in ({"themes": ["repair", "wrath"]}, {"ages": ["ancient"]}):
            response = self.choose(**chosen)
            assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
            assert "is not one of the available choices" in response.content.decode()

        assert self.stored() == Preferences(themes=("repair",))

    def test_decides_what_is_asked_tonight(self) -> None:
        assert self.asked() == "What happened at the door?"

        self.choose(themes=["grace"])
        assert self.asked() == "What did you pray for?"

        self.choose(themes=["repair"])
        assert self.asked() == "Your page"

        self.choose(themes=["repair"], ages=["teen"])
        assert self.asked() == "What did the phone hear?"

    def test_leaves_other_people_as_they_are(self) -> None:
        other = make_user(email="other@example.org")

        self.choose(themes=["grace"])

        assert User.objects.get(pk=other.pk).preferences == Preferences()

    def test_costs_the_same_however_many_themes_there_are(self) -> None:
        with CaptureQueriesContext(connection) as few:
            self.client.get(self.url)

        for n in range(10):
            make_prompt(slug=f"prompt-{n}", theme=f"theme-{n}")

        with self.assertNumQueries(len(few)):
            self.client.get(self.url)
