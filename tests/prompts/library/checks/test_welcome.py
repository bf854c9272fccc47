"""`prompts.library.checks.welcome`: what is named where Welcome or the first nights break a rule."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from prompts.library import first_nights, paths, prompts, welcome
from prompts.library.checks.welcome import check
from prompts.library.first_nights import FirstNights
from prompts.library.welcome import Reason, Welcome

LIBRARY, FIRST, WELCOME = prompts.read(), first_nights.read(), welcome.read()
SLUGS = {prompt.slug: prompt for prompt in LIBRARY.daily}


def problems(first: FirstNights = FIRST, page: Welcome = WELCOME) -> list[str]:
    return check(LIBRARY, paths.read(), first, page)


def with_list(age: str, *slugs: str) -> FirstNights:
    """The shipped lists, of which one begins with these prompts."""
    rest = [slug for slug in FIRST.lists[age] if slug not in slugs]
    return replace(FIRST, lists={**FIRST.lists, age: (*slugs, *rest)[: len(FIRST.lists[age])]})


def with_reason(**changes: object) -> Welcome:
    """The shipped page, whose first answer is another one."""
    return replace(WELCOME, reasons=(replace(WELCOME.reasons[0], **changes), *WELCOME.reasons[1:]))  # type: ignore[arg-type]


def test_what_ships_breaks_no_rule() -> None:
    assert problems() == []


def of_kind(**kind: object) -> str:
    return next(slug for slug, prompt in SLUGS.items() if all(getattr(prompt, name) == value for name, value in kind.items()))


@pytest.mark.parametrize(
    ("slug", "problem"),
    [
        (of_kind(depth="deep"), "is not light, or is tender"),
        (of_kind(depth="steady", tender=False), "is not light, or is tender"),
        (of_kind(depth="light", tender=True), "is not light, or is tender"),
        (of_kind(depth="light", ages=["teen"]), "is not for this age"),
        (of_kind(depth="light", theme="repair"), "is of the theme repair"),
        ("no-such-prompt", "is not a prompt that is asked night by night"),
    ],
)
def test_a_prompt_that_does_not_belong_there(slug: str, problem: str) -> None:
    assert any(f"first-nights: none: {slug} {problem}" in line for line in problems(with_list("none", FIRST.lists["none"][0], slug)))


@pytest.mark.parametrize(
    "lists",
    [
        {**FIRST.lists, "baby": FIRST.lists["baby"][:13]},
        {**FIRST.lists, "baby": (FIRST.lists["baby"][0], *FIRST.lists["baby"][:13])},
        {age: slugs for age, slugs in FIRST.lists.items() if age != "baby"},
        {**FIRST.lists, "toddler": FIRST.lists["none"]},
    ],
)
def test_a_list_that_is_short_repeats_is_missing_or_unknown(lists: Mapping[str, tuple[str, ...]]) -> None:
    assert any("wanted" in line for line in problems(replace(FIRST, lists=lists)))


@pytest.mark.parametrize("hints", [{15: "A line will do."}, {0: "A line will do."}, {2: "x" * 91}, {2: "You should write."}])
def test_a_hint_that_is_long_scolds_or_has_no_night(hints: dict[int, str]) -> None:
    assert len(problems(replace(FIRST, hints=hints))) == 1


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"themes": ()}, "leads either to themes or to a path"),
        ({"path": "mending"}, "leads either to themes or to a path"),
        ({"themes": ("grace", *WELCOME.reasons[0].themes)}, "there is no theme grace that is open to everybody"),
        ({"themes": ("cooking", *WELCOME.reasons[0].themes)}, "there is no theme cooking that is open to everybody"),
        ({"themes": (), "path": "no-such-path"}, "there is no path no-such-path"),
        ({"themes": (), "path": "grace"}, "there is no path grace that is open to everybody"),
        ({"themes": (), "path": "daughters-and-mothers"}, "there is no path daughters-and-mothers that is open to everybody"),
        ({"themes": ("repair",)}, "10 and the first are wanted"),
        ({"slug": WELCOME.reasons[1].slug}, "each with a slug of its own"),
        ({"says": "I must be better!"}, "which the editorial rules keep out"),
    ],
)
def test_a_reason_that_leads_nowhere_or_where_not_everybody_goes(changes: dict[str, object], problem: str) -> None:
    assert any(problem in line for line in problems(page=with_reason(**changes)))


def test_a_theme_that_is_not_open_to_everybody() -> None:
    assert any("there is no theme grace" in line for line in problems(replace(FIRST, themes=(*FIRST.themes, "grace"))))


def test_a_sixth_reason() -> None:
    sixth = Reason(slug="another", says="Something else.", path="mending")

    assert problems(page=replace(WELCOME, reasons=(*WELCOME.reasons, sixth))) == [
        "welcome: 5 answers are wanted, each with a slug of its own"
    ]
