"""What a process keeps between requests: nothing that anybody wrote or typed, and no data key."""

import functools
import gc
import sys
import types
from collections.abc import Iterator

import pytest
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from accounts.keys.crypto import Key
from accounts.keys.key_file import key_encryption_keys
from tests.factories import make_own_question, make_path_prompts, make_prompt, page_fields
from tests.system.test_privacy import MAILER, STARTS, Story, View

APPS = ("accounts", "common", "config", "counselor", "journal", "operations", "prompts")
PLACES = ("/prompts/", "/prompts/own/", "/prompts/paths/", "/prompts/choices/", "/help/", "/accounts/clients/", "/journal/", "/tonight/")
NOT_FOLLOWED = (type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType, types.MethodType)


def kept() -> Iterator[str]:
    """Every text that is in a cache of a function of ours, or in a list or dictionary of one of our modules.

    Types are compared by `type`: `isinstance` would make lazy objects look up what they stand for.
    """
    modules = [module for name, module in list(sys.modules.items()) if name.partition(".")[0] in APPS]
    pending: list[object] = [value for module in modules for value in vars(module).values() if isinstance(value, dict | list | set)]
    caches = [cache for cache in gc.get_objects() if type(cache) is functools._lru_cache_wrapper]
    pending += [cache for cache in caches if str(getattr(cache, "__module__", "")).partition(".")[0] in APPS]
    seen: set[int] = set()
    while pending:
        value = pending.pop()
        if issubclass(type(value), str):
            yield str(value)
        elif id(value) not in seen and not issubclass(type(value), NOT_FOLLOWED):
            seen.add(id(value))
            pending += gc.get_referents(value)


def keys() -> set[str]:
    """The ids of all keys in memory but those that wrap data keys."""
    gc.collect()
    return {key.id for key in gc.get_objects() if type(key) is Key} - {key.id for key in key_encryption_keys()}


def hostile(browser: Client, word: str) -> None:
    """Send a word wherever a page takes one."""
    for place in dict.fromkeys((*STARTS, *PLACES)):
        for name in ("q", "query", "name", "theme", "age", "next", "night", "prompt", "client", "group", "state", "before", "country"):
            browser.get(place, {name: word}, headers={"Accept-Language": word, "Accept-Encoding": word})
    browser.get(f"/{word}/")
    browser.get(f"/static/{word}.css")
    browser.post("/accounts/settings/", {"time_zone": word, "language": word, "ages": word, "appearance": word})


@pytest.mark.django_db
@override_settings(MAILER=MAILER, MAILERS={"default": MAILER})
def test_nothing_that_anybody_wrote_and_no_data_key() -> None:
    before = keys()  # of other tests
    make_prompt()
    make_path_prompts()
    story = Story()
    world = story.world
    story.opens_a_workspace("ines")
    story.is_invited_and_accepts("ines", "mara")
    entry, written = story.writes("mara", days_ago=1)
    share = story.shares("mara", "ines", entry, written)
    story.replies("ines", share, both=("ines", "mara"))
    story.gives("ines", "mara", *story.builds_a_set("ines"))
    mara = world.person("mara")
    make_own_question(mara, f"{world.word('own')}, and what then?")
    browser = world.browsers["mara"]
    browser.post(reverse("journal:path_walk", args=["mending"]), {"action": "begin"})
    typed = world.word("typed")
    for feeling, mode in (("even", "question"), (typed, "just_write"), ("", typed)):
        fields = page_fields(mara, night=mara.tonight(timezone.now()), text=typed, feeling=feeling, mode=mode, prompt=typed)
        browser.post("/tonight/", {**fields, "action": f"turn:{typed}"})
    for name in ("ines", "mara"):
        View(world.browsers[name], name).follow_links()
        hostile(world.browsers[name], typed)
    hostile(Client(), typed)

    texts = "\n".join(kept())

    assert "Tonight" in texts
    assert not [word for word in world.words if word in texts]
    assert keys() <= before
