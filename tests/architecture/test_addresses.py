"""The rule of docs/architecture.md by which an address leads to its view, form, template and test, for every address there is."""

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

APPS = {"accounts", "counselor", "journal", "prompts"}
DOORS = {"accounts", "journal", "prompts"}  # first words that say where on the site one is, and not which page
ACTS = {"new", "edit", "delete", "put-back", "delete-for-good"}  # of the thing that the words before them name
DOOR_PAGES = {"": "home", "accounts": "account", "journal": "entries", "prompts": "library"}  # where no other word is left
WRITING = "writing"  # what the pages at several addresses that are written on have in common
ROOMS: dict[tuple[str, ...], str] = {("sets", "library"): "library_sets"}  # two words that name a page of their own
MOVED = "journal.views.moved"  # redirects of former addresses
VIEW_PACKAGES = {"counselor": ("practices",), "journal": ("exchange", "finding", "sent", "sharing")}  # of views that are about one thing
CHOOSING = "choosing"  # which nights are taken away: as a file, on paper or as a book
OWN_MODULES = {"session", "records"}  # of a client, whose own page is about the clients: words that name a module wherever they stand
KEYWORDS = {"import": "imports"}  # words of addresses that are no names in Python
SIDES = {"parent", "counselor"}  # what `by_role` and `for_either` choose between
ROOT = Path(__file__).parents[2]
TEMPLATE = re.compile(r'"([\w/]+\.html)"')
SHARED_TEMPLATES = {"", "components", "errors"}


@dataclass(frozen=True)
class Address:
    route: str
    name: str
    view: Any

    @property
    def module_name(self) -> str:
        words = [word for word in re.sub(r"<[^>]*>", "", self.route).split("/") if word]
        door = words[0] if words and words[0] in DOORS else ""
        own = [word for word in words if word in OWN_MODULES]
        if own:
            return own[0]
        named = [word for word in words[bool(door) :] if word not in ACTS]
        if room := ROOMS.get(tuple(named[:2])):
            return room
        return KEYWORDS.get(named[0], named[0].replace("-", "_")) if named else DOOR_PAGES[door]

    @property
    def views(self) -> list[Any]:
        """The view; or both, where parents and counselors have one each."""
        chosen_from = inspect.getclosurevars(self.view).nonlocals if inspect.isfunction(self.view) else {}
        return [chosen_from[side] for side in sorted(SIDES)] if chosen_from.keys() == SIDES else [self.view]


def addresses() -> Iterator[Address]:
    yield from _addresses(get_resolver(settings.ROOT_URLCONF).url_patterns, "")


def _addresses(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[Address]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _addresses(pattern.url_patterns, route)
        elif inspect.unwrap(pattern.callback).__module__.partition(".")[0] in APPS:
            yield Address(route, pattern.name or "", pattern.callback)


PAGES = [address for address in addresses() if inspect.unwrap(address.view).__module__ != MOVED]


PARTS = {(inspect.unwrap(view).__module__, address.module_name) for address in PAGES for view in address.views}


def test_an_address_names_the_module_and_the_function_of_its_view() -> None:
    assert len(PAGES) > 60
    for address in PAGES:
        for view in address.views:
            module = inspect.unwrap(view).__module__
            app, _views, *package, name = module.split(".")
            assert name == address.module_name, address.route
            assert not package or package[0] in VIEW_PACKAGES.get(app, ()), address.route
            assert view.__name__ == address.name, address.route


def test_an_address_that_both_use_has_a_view_on_each_side() -> None:
    shared = [address for address in PAGES if len(address.views) > 1]

    assert [address.name for address in shared] == ["shared", "shared_answer", "shared_open", "shared_reply", "shared_draft"]
    for address in shared:
        assert [inspect.unwrap(view).__module__ for view in address.views] == ["counselor.views.shared", "journal.views.sharing.shared"]


@pytest.mark.parametrize(("module", "name"), sorted(PARTS))
def test_forms_templates_and_tests_stand_under_the_same_name(module: str, name: str) -> None:
    app = module.partition(".")[0]
    views = import_module(module)
    form_modules = {part.__module__ for part in vars(views).values() if inspect.isclass(part) and issubclass(part, forms.BaseForm)}
    own_forms = {form_module for form_module in form_modules if form_module.startswith(f"{app}.")}
    assert own_forms <= {f"{app}.forms.{name}", f"{app}.forms.{WRITING}", f"{app}.forms.{CHOOSING}"}

    for template in TEMPLATE.findall(inspect.getsource(views)):
        folder = template.rpartition("/")[0]
        assert folder in {f"{app}/{name}", f"{app}/{WRITING}", *SHARED_TEMPLATES}, template
        assert (ROOT / "templates" / template).is_file()

    assert (ROOT / "tests" / app / "views" / f"test_{name}.py").is_file()


def test_what_is_no_page_is_at_an_address_without_a_slash_at_its_end() -> None:
    for pattern in get_resolver(settings.ROOT_URLCONF).url_patterns:
        if isinstance(pattern, URLPattern) and pattern.callback.__module__ == "operations.views":
            assert not str(pattern.pattern).endswith("/")
