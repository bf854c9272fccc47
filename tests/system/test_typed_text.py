"""Every form in which a person types keeps what they typed through a failure: its view says so, with `keeps_form` or `keeps_text`."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from bs4.element import Tag
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from django.utils import timezone

from journal.sharing import readings
from tests.helpers import parsed, signed_in
from tests.system.test_access import TABLE, People, address
from tests.system.test_access import people as people

type View = Callable[..., object]

# Fields for a line or a text. Passwords and codes are never kept, and a search of the library is in its address.
TYPED = "textarea[name]:not([readonly], [disabled]), input[name]:is(:not([type]), [type=text], [type=email], [type=date], [type=time], [type=number])"
# Addresses, passwords and second factors are typed into allauth's own pages. A password stands on most, and none of it is written.
FOREIGN = ("allauth", "django")


def is_marked(view: View) -> bool:
    return hasattr(view, "kept_forms") or hasattr(view, "kept_text")


def all_views(patterns: list[URLPattern | URLResolver]) -> Iterator[View]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from all_views(pattern.url_patterns)
        else:
            yield pattern.callback


def target(form: Tag, url: str) -> View:
    """The view that a form on the page at this address is sent to."""
    view: View = resolve(urlsplit(str(form.get("action") or url)).path).func
    return view


def views_that_take_text(page: Tag, url: str) -> Iterator[View]:
    """The views that the page's forms with a text field are sent to."""
    for form in page.select("form[method=post]"):
        form_id = str(form.get("id", ""))
        fields = [*form.select(TYPED), *(field for field in page.select(TYPED) if form_id and field.get("form") == form_id)]
        if fields:
            yield target(form, url)


PLANTED = re.compile("The (?:owner|counselor|former)’s |Mara|Ines Holm|Lindgatan")  # how all begins that people typed: make_people
NO_MARKUP = {"title", "script", "option"}  # an option runs as its list does


def without_direction(page: Tag) -> Iterator[str]:
    """What somebody typed and what they type into, where the page does not let it run in its own direction.

    The element that decides has to begin with what was typed: it takes its direction from its first letter.
    """
    for field in page.select("textarea, input:is(:not([type]), [type=text], [type=search])"):
        if field.get("dir") != "auto" and not field.has_attr("readonly"):
            yield str(field)[:90]
    for text in page.find_all(string=PLANTED):
        around = [parent for parent in text.parents if parent.name in NO_MARKUP or parent.name == "bdi" or parent.has_attr("dir")]
        nearest = around[0] if around else None
        if nearest is None or not (nearest.name in NO_MARKUP or PLANTED.match(nearest.get_text().strip())):
            yield f"{text.strip()[:50]} in {str(text.parent)[:90]}"


@pytest.fixture
def pages(people: People) -> list[tuple[Tag, str]]:
    """Every page there is, as its owner and as their counselor meet it, and those of somebody who is invited."""
    readings.open_share(people.connected, people.present.share.pk, timezone.now())
    looks = []
    for visitor in ("owner", "connected", "stranger"):
        client = signed_in(getattr(people, visitor))
        urls = [*(address(route, visitor, people) for route in TABLE), "/journal/?narrow"]
        responses = [(client.get(url), url) for url in urls]
        looks += [(parsed(response), url) for response, url in responses if response.status_code == 200]
    start = {"start": "tonight", "cadence": "at_once", "end": "none", "show": "show"}
    url = "/prompts/assignments/new/"
    response = signed_in(people.connected).post(url, {"set": people.set.pk, "clients": [people.present.connection.pk], **start})
    assert response.status_code == 200
    return [*looks, (parsed(response), url)]


def test_every_form_with_a_text_field_keeps_what_was_typed(pages: list[tuple[Tag, str]]) -> None:
    found = {view for page, url in pages for view in views_that_take_text(page, url) if not view.__module__.startswith(FOREIGN)}

    # But a code that is read from a screen, by whoever is there, signed in or not: it is a secret, and typed again in a moment.
    assert {f"{view.__module__}.{view.__name__}" for view in found if not is_marked(view)} == {
        "counselor.views.invitations.invitation_code"
    }
    # And none is marked for nothing: otherwise this test would not have seen its form.
    # Of allauth's own, two are marked for what waits until its person has confirmed who they are: accounts/urls.py.
    marked = {view for view in all_views(get_resolver().url_patterns) if is_marked(view) and not view.__module__.startswith(FOREIGN)}
    assert {f"{view.__module__}.{view.__name__}" for view in marked - found} == set()
    # What `keeps_form` names has every field of the page.
    for page, url in pages:
        for form in page.select("form[method=post]"):
            kept = getattr(target(form, url), "kept_forms", ())
            names = {str(field["name"]).rpartition("-")[2] for field in form.select(TYPED)}
            assert not kept or names <= {name for form_class in kept for name in form_class.base_fields}, url
    # A browser keeps the titles of pages: none holds anything of it.
    assert not [url for page, url in pages if page.body and (page.title is None or PLANTED.search(page.title.get_text()))]
    # And what they typed runs in its own direction wherever it stands.
    found_without = {(url.partition("?")[0], fault) for page, url in pages if page.body for fault in without_direction(page)}
    assert found_without == set()
