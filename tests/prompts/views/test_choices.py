"""`/prompts/choices/`: a parent chooses themes, ages, and whether kept questions come first."""

from http import HTTPStatus
from typing import Any

from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Child, Children, Preferences, User
from prompts.models import Facet, Mark
from tests.factories import make_prompt, make_theme, make_user
from tests.helpers import element, only_element, read, sealed_bytes


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

    def choose(self, **fields: list[str]) -> Any:
        return self.client.post(self.url, {"follow_ups": ["on"], **fields})

    def stored(self) -> Preferences:
        return User.objects.get(pk=self.parent.pk).preferences

    def asked(self) -> str:
        """The heading of tonight's page: its question, where it asks one."""
        return element(read(self.client, reverse("journal:tonight")), "h1").get_text()

    def checked(self) -> list[str]:
        """The values of what is checked, but for what is on to begin with."""
        boxes = read(self.client, self.url).select("input[type=checkbox][checked]")
        return [str(box["value"]) for box in boxes if box["name"] != "follow_ups"]

    def test_sends_visitors_to_the_login(self) -> None:
        self.client.logout()

        for response in (self.client.get(self.url), self.choose(themes=["presence"])):
            self.assertRedirects(response, f"{reverse('account_login')}?next={self.url}", fetch_redirect_response=False)

    def test_offers_every_theme_and_age_and_checks_none(self) -> None:
        page = read(self.client, self.url)

        assert {box["value"] for box in page.select("input[name=themes]")} == {"presence", "grace", "repair"}
        assert {box["value"] for box in page.select("input[name=ages]")} == {"baby", "small", "school", "teen", "grown"}
        assert self.checked() == []

    def test_keeps_what_was_chosen_sealed_and_shows_it_again(self) -> None:
        response = self.choose(themes=["grace", "repair"], ages=["teen"])

        self.assertRedirects(response, self.url)
        assert self.stored() == Preferences(themes=("grace", "repair"), ages=("teen",))
        assert sorted(self.checked()) == ["grace", "repair", "teen"]
        assert b"grace" not in sealed_bytes(self.parent, "sealed_preferences")

    def test_keeps_what_is_true_for_the_family_sealed_and_asks_about_it(self) -> None:
        make_prompt(slug="their-other-home", theme="repair", question="Where do they sleep tonight?", facets=["two-homes"])
        self.choose(themes=["repair"])
        assert self.asked() == "Your page"

        self.choose(themes=["repair"], facets=["two-homes", "money"])

        assert self.stored().facets == ("two-homes", "money")
        assert self.checked() == ["repair", "two-homes", "money"]
        assert b"two-homes" not in sealed_bytes(self.parent, "sealed_preferences")
        assert self.asked() == "Where do they sleep tonight?"
        assert self.choose(facets=["a-moon"]).status_code == HTTPStatus.UNPROCESSABLE_ENTITY

    def test_offers_every_facet_once(self) -> None:
        offered = [str(box["value"]) for box in read(self.client, self.url).select("input[name=facets]")]

        assert sorted(offered) == sorted(Facet.values)

    def test_follow_ups_can_be_switched_off_and_on(self) -> None:
        def is_checked() -> bool:
            return bool(read(self.client, self.url).select("input[name=follow_ups][checked]"))

        assert is_checked()
        self.client.post(self.url, {})
        assert (is_checked(), self.stored().follow_ups) == (False, False)
        self.choose()
        assert (is_checked(), self.stored().follow_ups) == (True, True)

    def test_says_which_ages_come_from_the_years_of_birth(self) -> None:
        self.parent.sealed_children = Children((Child("a" * 32, "Mika", self.parent.tonight(timezone.now()).year - 9),))
        self.parent.save(update_fields=["sealed_children"])

        said = read(self.client, self.url).get_text()
        assert "From your children’s birth years: School age." in said
        assert self.checked() == []
        assert "School age" in only_element(read(self.client, "/accounts/settings/"), "main section[aria-labelledby=asked]").get_text()

    def test_a_year_of_birth_lets_questions_of_that_age_be_asked(self) -> None:
        self.choose(themes=["repair"])
        assert self.asked() != "What did the phone hear?"

        self.parent.sealed_children = Children((Child("a" * 32, "Mika", self.parent.tonight(timezone.now()).year - 15),))
        self.parent.save(update_fields=["sealed_children"])
        assert self.asked() == "What did the phone hear?"

    def test_can_be_taken_back(self) -> None:
        self.choose(themes=["grace"], ages=["teen"], kept_first=["on"])

        self.choose()

        assert self.stored() == Preferences()

    def test_keeps_whether_what_was_kept_comes_first_and_shows_it_again(self) -> None:
        def is_checked() -> bool:
            return bool(read(self.client, self.url).select("input[name=kept_first][checked]"))

        assert not is_checked()

        self.choose(kept_first=["on"])

        assert self.stored() == Preferences(kept_first=True)
        assert is_checked()

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
            assert "That isn’t one of the choices" in response.content.decode()

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

    def test_costs_the_same_with_three_themes_and_with_thirteen(self) -> None:
        with CaptureQueriesContext(connection) as queries:
            self.client.get(self.url)

        for number in range(10):
            make_prompt(slug=f"prompt-{number}", theme=f"theme-{number}")

        with self.assertNumQueries(len(queries)):
            self.client.get(self.url)
