"""Whatever stands in an address or a form, no page fails: every address, every parameter, and each field of every form."""

import json
import re
from collections.abc import Iterable, Iterator
from itertools import count
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import resolve

from journal.models import Entry
from tests.factories import make_entry, page_fields
from tests.helpers import DAY, JSON, element, form_fields, parsed, signed_in
from tests.system import test_access
from tests.system.test_access import TABLE, People, address

people = test_access.people  # the fixture

pytestmark = pytest.mark.usefixtures("evening")

APPS = ("accounts", "common", "counselor", "journal", "operations", "prompts")
GET = re.compile(r'GET(?:\.get|\.getlist)?[\[(]\s*"(\w+)"')
READ = re.compile(r'(?:GET|POST)(?:\.get|\.getlist)?[\[(]\s*"(\w+)"')
FIELD = re.compile(r"^    (\w+) = (?:forms\.)?\w+Field\(", re.MULTILINE)
DIGITS = "9" * 5000
VALUES = (DIGITS, "\0", "\udc80", "٣", "1e9", "-1", "", "[]", "null", '{"id": 1}', "0", "[" * 3000)
FORM = "application/x-www-form-urlencoded"


def names() -> list[str]:
    """Every name that the site's own code reads from an address or a form."""
    sources = [path.read_text(encoding="utf-8") for app in APPS for path in sorted((settings.BASE_DIR / app).rglob("*.py"))]
    found = {name for source in sources for name in READ.findall(source)}
    found |= {name for app in APPS for path in (settings.BASE_DIR / app).rglob("forms/*.py") for name in FIELD.findall(path.read_text())}
    return sorted(found | {"credential", "csrfmiddlewaretoken", "next", "q"})


def encoded(fields: Iterable[tuple[str, str]]) -> str:
    """As a form or a query, with lone surrogates as the bytes that no UTF-8 has."""
    return urlencode(list(fields), quote_via=lambda text, *_rest: quote(text, errors="surrogateescape"))


def browsers(people: People) -> dict[str, Client]:
    clients = {"nobody": Client(), **{name: signed_in(getattr(people, name)) for name in ("owner", "connected", "staff")}}
    for client in clients.values():
        client.raise_request_exception = False
    return clients


def visitor_of(route: str) -> str:
    """Who gets the furthest at this address."""
    get, _post = TABLE[route]
    if route.startswith("admin/"):
        return "staff"
    if route.startswith("journal/shared/"):
        return "owner"
    return "connected" if get.connected == 200 or get.counselor == 200 else "nobody" if get.nobody == 200 and get.owner == 302 else "owner"


@pytest.fixture
def faults(caplog: pytest.LogCaptureFixture) -> Iterator[list[object]]:
    found: list[object] = []
    yield found
    assert found == []


def test_the_names_are_found() -> None:
    assert {"page", "step", "night", "version", "action", "seq", "base", "credential"} <= set(names())


def test_every_address_with_every_parameter(people: People, faults: list[object]) -> None:
    clients, parameters = browsers(people), names()
    for number, route in enumerate(TABLE):
        visitor, fields = visitor_of(route), [(name, VALUES[(number + at) % len(VALUES)]) for at, name in enumerate(parameters)]
        sent = encoded([*fields, *fields[:9]])  # some of the names twice
        url = address(route, visitor, people)
        with transaction.atomic():
            answers = (clients[visitor].get(f"{url}?{sent[:60_000]}"), clients[visitor].post(url, sent, content_type=FORM))
            transaction.set_rollback(True)
        faults += [(route, visitor, response.status_code) for response in answers if response.status_code >= 500]


def test_each_parameter_alone_where_it_is_read(people: People, faults: list[object]) -> None:
    clients, numbers, tried = browsers(people), count(), set()
    for route in TABLE:
        visitor = visitor_of(route)
        url = address(route, visitor, people)
        for name in read_by(url):
            for value in (DIGITS, VALUES[next(numbers) % len(VALUES)]):
                if (status := clients[visitor].get(f"{url}?{encoded([(name, value)])}").status_code) >= 500:
                    faults.append((url, name, value[:20], visitor, status))
                tried.add(name)
    assert {
        "page",
        "step",
        "night",
        "before",
        "after",
        "at",
        "month",
        "year",
        "prompt",
        "with",
        "removed",
        "state",
        "client",
        "set",
    } <= tried


def read_by(url: str) -> list[str]:
    """The names that the module of this address's view reads, where it is the site's own."""
    view = resolve(url).func
    if view.__module__.partition(".")[0] not in APPS:
        return []
    source = (settings.BASE_DIR / f"{view.__module__.replace('.', '/')}.py").read_text(encoding="utf-8")
    return sorted({*GET.findall(source), *(["page"] if "page_of(" in source else [])})


def test_each_field_of_every_form(people: People, faults: list[object]) -> None:
    clients, numbers, tried = browsers(people), count(), set()
    for route in TABLE:
        visitor = visitor_of(route)
        url = address(route, visitor, people)
        response = clients[visitor].get(url)
        if response.status_code != 200 or "html" not in response.headers["Content-Type"]:
            continue
        page = parsed(response)
        for form in page.select("main form[method=post]"):
            fields = form_fields(form.parent or page, "form[method=post]")
            action = str(form.get("action") or url)
            for name in fields:
                if (key := (resolve(action.partition("?")[0]).view_name, name)) in tried:
                    continue
                tried.add(key)
                value = VALUES[next(numbers) % len(VALUES)]
                sent = encoded([(other, one) for other, values in fields.items() if other != name for one in values] + [(name, value)])
                with transaction.atomic():
                    status = clients[visitor].post(action, sent, content_type=FORM).status_code
                    transaction.set_rollback(True)
                if status >= 500:
                    faults.append((action, name, value[:20], visitor, status))
    assert len(tried) > 80


def test_a_page_that_is_saved_with_a_turn_or_number_like_this(people: People) -> None:
    client = browsers(people)["owner"]
    for value in VALUES:
        for changed in ({"action": f"turn:{value}"}, {"action": f"mode:{value}"}, {"seq": value}, {"base": value}, {"announced": value}):
            fields = {**page_fields(people.owner, night="2026-03-01", text="Kept."), **changed}
            with transaction.atomic():
                response = client.post("/tonight/", encoded((name, str(one)) for name, one in fields.items()), content_type=FORM)

                assert response.status_code < 500, changed
                assert "Kept." in response.content.decode() or Entry.objects.filter(author=people.owner, night="2026-03-01").exists(), (
                    changed
                )
                transaction.set_rollback(True)


# What FTS5, a shell or a page might take for something else; words of scripts without spaces, and signs that are no words.
FINDABLE = ("rain", '"rain', "rain*", "words : rain", "^rain", "(rain", "rain -lamp", "怒", "قطة", "🌧", "ＲＡＩＮ", "\u202erain")
SEARCHES = (
    *FINDABLE,
    *(
        "x" * 10_000,
        "rain " * 500,
        '"' * 400,
        "-" * 400,
        "(" * 400,
        "🌧" * 400,
        "\0",
        "\0rain",
        "rain\0",
        "\udc80",
        "\u00ad",
        "\n",
        "_",
        "%",
    ),
    *('"', '""', '"-', "-", "--", "*", "-*", "-rain", "-rain -lamp", "AND", "NOT rain", "rain AND", "rain OR", "NEAR(rain lamp, 2)"),
    *("{words}: rain", "rain + lamp", "'; DROP TABLE journal_entry; --", "<mark>rain", "a", "👩\u200d👧", "\ufdfa" * 100),
)


def test_whatever_is_searched_for_is_answered_with_a_sentence_and_ones_own_pages(people: People) -> None:
    client, text = browsers(people)["owner"], "怒った قطتي قطة 🌧 rain words lamp"
    own = make_entry(people.owner, night=people.entry.night - DAY, text=f"Mine: {text}")
    make_entry(people.stranger, text=f"Theirs: heliotrope {text}")
    ways: list[dict[str, str]] = [{}, {"order": "best"}, {"part": "found", "typing": "1"}]
    for number, words in enumerate(SEARCHES):
        for more in ways if words in FINDABLE else [ways[number % 3]]:
            response = client.post("/journal/search/", encoded([("words", words), *more.items()]), content_type=FORM)
            page = response.content.decode()

            assert response.status_code in {200, 422}, (words[:40], more)
            answer = element(parsed(response), "[data-found]")
            if words.strip("\0\n\u00ad"):  # anything that can be seen
                assert element(answer, "[data-count]").get_text().strip(), (words[:40], more)
            assert "heliotrope" not in page.lower(), (words[:40], more)
            if words in FINDABLE and "lamp" not in words:
                assert str(own.pk) in page, (words, more)


DATES = (
    "0/",
    "2026/0/",
    "2026/13/",
    "2026/2/30/",
    "0/0/0/",
    "1/1/1/",
    "9999/12/31/",
    "10000/1/1/",
    f"{DIGITS[:400]}/",
    f"2026/{DIGITS[:400]}/",
)


def test_a_night_that_does_not_exist_is_not_there(people: People) -> None:
    client = browsers(people)["owner"]
    for date in DATES:
        assert client.get(f"/journal/calendar/{date}").status_code == 404, date
    for first, last in (("2026-02-30", ""), ("0000-00-00", "9999-99-99"), ("2026-03-02", "2026-03-01"), (DIGITS, "\0")):
        for url in ("/journal/search/", "/journal/"):
            assert client.post(url, {"words": "rain", "first": first, "last": last}).status_code == 422, (url, first)


PASSKEYS = (
    *("5", "null", '"text"', "[]", "[1]", "{}", "true", DIGITS, "1e999", "NaN", "{", "[" * 100_000, '{"a":' * 50_000),
    json.dumps({"id": 1, "rawId": 1, "response": 1, "type": "public-key"}),
    json.dumps({"id": "AA", "rawId": "AA", "response": {"userHandle": 1, "clientDataJSON": "AA"}, "type": "public-key"}),
    json.dumps({"id": "AA", "rawId": "AA", "response": {"clientDataJSON": "e30", "attestationObject": "AA"}, "type": "public-key"}),
    json.dumps(
        {"id": "AA", "rawId": "AA", "response": {"clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA", "userHandle": "AA"}}
    ),
)


def test_an_answer_of_a_passkey_that_is_none(people: People) -> None:
    clients = browsers(people)
    clients["owner"].post("/accounts/reauthenticate/", {"password": "a lamp, a page, a pen"})
    for name, visitor in (("login", "nobody"), ("reauthenticate", "owner"), ("add", "owner")):
        url = f"/accounts/2fa/webauthn/{name}/"
        for credential in PASSKEYS:
            clients[visitor].get(url, headers=JSON)
            status = clients[visitor].post(url, {"credential": credential, "name": "Key"}).status_code

            assert status < 500, (url, credential[:100])
