"""common.rendering.navigation: each page marks the link of the area that it belongs to."""

import pytest
from bs4 import BeautifulSoup
from django.template import Context, Template
from django.urls import resolve, reverse

from common.rendering.navigation import AREAS, marked

ID = "019acf00-0000-7000-8000-000000000000"

PAGES = [
    ("parent", "/tonight/", "Tonight", "page"),
    ("parent", "/journal/", "Journal", "page"),
    ("parent", f"/journal/{ID}/", "Journal", "true"),
    ("parent", f"/journal/{ID}/edit/", "Journal", "true"),
    ("parent", f"/journal/{ID}/history/{ID}/", "Journal", "true"),
    ("parent", "/journal/new/", "Journal", "true"),
    ("parent", "/journal/deleted/", "Journal", "true"),
    ("parent", "/journal/shared/", "Journal", "true"),
    ("parent", f"/journal/shared/{ID}/", "Journal", "true"),
    ("parent", "/prompts/", "Questions", "page"),
    ("parent", "/prompts/at-the-door/", "Questions", "true"),
    ("parent", "/prompts/paths/mending/", "Questions", "true"),
    ("parent", "/prompts/where-to-start/", "Questions", "true"),
    ("parent", "/prompts/hard-nights/work-ate-the-day/", "Questions", "true"),
    ("parent", "/prompts/own/", "Questions", "true"),
    ("parent", "/accounts/settings/", "Settings", "page"),
    ("parent", "/prompts/choices/", "Settings", "true"),
    ("parent", "/journal/children/", "Settings", "true"),
    ("parent", "/journal/children/remove/", "Settings", "true"),
    ("parent", "/accounts/care/", "Settings", "true"),
    ("parent", "/accounts/sessions/", "Settings", "true"),
    ("parent", "/accounts/2fa/totp/activate/", "Settings", "true"),
    ("parent", "/accounts/invitations/token/", "", ""),
    ("parent", "/accounts/logout/", "", ""),
    ("parent", "/help/", "", ""),
    ("supported", "/tonight/", "Tonight", "page"),
    ("supported", "/accounts/care/", "Support", "page"),
    ("supported", f"/accounts/care/{ID}/end/", "Support", "true"),
    ("supported", f"/prompts/given/{ID}/", "Support", "true"),
    ("supported", "/journal/shared/nights/", "Support", "true"),
    ("supported", f"/journal/{ID}/share/", "Journal", "true"),
    ("supported", "/accounts/sessions/", "Settings", "true"),
    ("counselor", "/today/", "Today", "page"),
    ("counselor", "/accounts/clients/", "Clients", "page"),
    ("counselor", f"/accounts/clients/{ID}/", "Clients", "true"),
    ("counselor", f"/accounts/groups/{ID}/", "Clients", "true"),
    ("counselor", "/accounts/invitations/", "Clients", "true"),
    ("counselor", "/journal/shared/", "Today", "true"),
    ("counselor", f"/journal/shared/{ID}/", "Today", "true"),
    ("counselor", f"/prompts/sets/{ID}/preview/", "Sets", "true"),
    ("counselor", "/prompts/assignments/new/", "Sets", "true"),
    ("counselor", "/accounts/workspace/close/", "Workspace", "true"),
    ("counselor", "/accounts/settings/", "", ""),
    ("locked", "/journal/", "", ""),
    ("", "/help/", "", ""),
]


@pytest.mark.parametrize(("role", "address", "link", "current"), PAGES)
def test_marks_the_link_of_the_pages_area_and_no_other(role: str, address: str, link: str, current: str) -> None:
    template = Template("{% navigation role match %}")

    navigation = BeautifulSoup(template.render(Context({"role": role, "match": resolve(address)})), "html.parser")

    shown = [(found.get_text(), found["aria-current"]) for found in navigation.select("[aria-current]")]
    assert shown == ([(link, current)] if link else [])


def test_marks_nothing_where_there_is_no_such_address() -> None:
    assert marked("parent", None) == ("", "")


@pytest.mark.parametrize("role", AREAS)
def test_each_area_is_that_of_a_link_which_leads_into_it(role: str) -> None:
    for link, starts in AREAS[role].items():
        if link:
            assert reverse(link).removeprefix("/").startswith(starts)


@pytest.mark.parametrize(("number", "name", "shown"), [(0, "Today", ""), (3, "Today, 3 to read", "3"), (250, "Today, 99+ to read", "99+")])
def test_says_how_much_waits_for_a_counselor(number: int, name: str, shown: str) -> None:
    page = BeautifulSoup(Template("{% navigation 'counselor' match n %}").render(Context({"match": None, "n": number})), "html.parser")

    link = page.select("a")[0]
    assert link.get_text() == f"Today{shown}"
    assert link.get("aria-label", "Today") == name
