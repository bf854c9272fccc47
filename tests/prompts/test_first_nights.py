"""`prompts.tonight.choose` on the first nights: nothing deep or tender too early, whatever a parent swaps, chooses, skips or passes over."""

import datetime as dt
import uuid
from functools import cache
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Age
from prompts.library import first_nights, prompts, welcome
from prompts.questions import Question
from prompts.tonight import DEEP_FROM, FIRST_NIGHTS, TENDER_FROM, Asked, choose, suits
from tests.factories import make_question
from tests.helpers import DAY

FIRST = dt.date(2026, 3, 1)
OWN = str(uuid.UUID(int=5))
THEMES = [theme.slug for theme in prompts.read().themes]
REASONS = {reason.slug: reason for reason in welcome.read().reasons}

ages = st.sets(st.sampled_from(Age.values))
themes = st.one_of(st.just(set[str]()), st.sets(st.sampled_from(THEMES)), st.sets(st.sampled_from(["grace", "my-own-parents"]), min_size=1))
turns = st.integers(0, 29)


@cache
def library() -> tuple[Question, ...]:
    shipped = prompts.read()
    opt_in = {theme.slug for theme in shipped.themes if theme.opt_in}
    return tuple(
        make_question(
            slug=text.slug,
            theme=text.theme,
            opt_in=text.theme in opt_in,
            text=text.question,
            depth=text.depth,
            ages=frozenset(text.ages),
            tender=text.tender,
            daily=text.daily,
        )
        for text in shipped.prompts
    )


def on_night(number: int, **arguments: Any) -> Question | None:
    """The question of the night after `number` on record."""
    chosen = {"person": uuid.UUID(int=1), "library": library(), **arguments}
    chosen.setdefault("first_nights", first_nights.of_ages(chosen.get("ages", ())))
    chosen.setdefault("first_themes", first_nights.read().themes)
    return choose(FIRST + number * DAY, on_record=number, **chosen)


def breaks_the_promise(question: Question | None, number: int) -> bool:
    return question is not None and ((question.tender and number < TENDER_FROM - 1) or (question.is_deep and number < DEEP_FROM - 1))


@settings(max_examples=60)
@given(random=st.randoms(use_true_random=True), person=st.uuids())
def test_nobody_meets_what_is_deep_before_the_eighth_night_on_record_or_tender_before_the_tenth(random: Random, person: uuid.UUID) -> None:
    """A parent's nights, each with choices, swaps and marks of its own; on some they only look, and nothing comes on record."""
    slugs = [question.slug for question in library()]
    asked: list[Asked] = []
    excluded: set[str] = set()
    on_record, night = 0, FIRST
    for _visit in range(3 * FIRST_NIGHTS):
        themes = random.sample(THEMES, random.choice([0, 0, 1, 3]))
        ages = random.sample(Age.values, random.choice([0, 1, 2, 5]))
        excluded |= set(random.sample(slugs, random.choice([0, 1, 60])))
        own = [make_question(slug=OWN, own=True, depth="steady")] if random.random() < 0.3 else []
        page = [
            choose(
                night,
                person=person,
                library=[*library(), *own],
                themes=themes,
                ages=ages,
                asked=asked,
                excluded=excluded,
                turn=turn,
                on_record=min(on_record, FIRST_NIGHTS),
                first_nights=first_nights.of_ages(ages),
                first_themes=first_nights.read().themes,
            )
            for turn in range(random.randint(1, 4))
        ]

        assert not [question for question in page if breaks_the_promise(question, on_record)]
        assert not [question for question in page if question and not suits(question, themes, ages)]
        shown = [question for question in page if question]
        if shown and random.random() < 0.8:
            asked.append(Asked(night, shown[-1].slug))
            on_record += random.random() < 0.8
        night += random.choice([1, 1, 2, 40]) * DAY


@given(
    number=st.integers(0, FIRST_NIGHTS - 1),
    kinds=st.lists(st.tuples(st.sampled_from(["light", "steady", "deep"]), st.booleans()), max_size=6),
    turn=turns,
)
def test_holds_with_any_library_and_asks_nothing_rather_than_breaking_it(number: int, kinds: list[tuple[str, bool]], turn: int) -> None:
    small = [make_question(slug=f"q-{n}", depth=depth, tender=tender) for n, (depth, tender) in enumerate(kinds)]
    allowed = [question for question in small if not breaks_the_promise(question, number)]
    gentle = [question for question in small if question.depth == "light" and not question.tender]

    question = on_night(number, library=small, turn=turn, first_nights=["q-0", "q-1"])

    assert not breaks_the_promise(question, number)
    assert question is None or question in (gentle or allowed)
    assert not gentle or question is not None


@given(number=st.integers(0, FIRST_NIGHTS - 1), themes=themes, ages=ages, turn=turns)
def test_is_light_and_not_tender_wherever_anything_like_that_suits(number: int, themes: set[str], ages: set[str], turn: int) -> None:
    question = on_night(number, themes=themes, ages=ages, turn=turn)

    assert question is not None
    assert (question.depth, question.tender) == ("light", False)


@given(number=st.integers(0, FIRST_NIGHTS - 1), ages=ages, turn=st.integers(0, 28))
def test_a_swap_leads_to_another_question_and_back_to_the_same_one(number: int, ages: set[str], turn: int) -> None:
    one, other = (on_night(number, ages=ages, turn=turn + swaps) for swaps in (0, 1))

    assert one != other
    assert on_night(number, ages=ages, turn=turn) == one


@pytest.mark.parametrize("age", [first_nights.NO_AGE, *Age.values])
def test_who_answers_each_meets_the_list_in_its_order(age: str) -> None:
    chosen = () if age == first_nights.NO_AGE else (age,)
    asked: list[Asked] = []
    met = []
    for number in range(FIRST_NIGHTS):
        question = on_night(number, ages=chosen, asked=asked)
        assert question is not None
        met.append(question.slug)
        asked.append(Asked(FIRST + number * DAY, question.slug))

    assert tuple(met) == first_nights.read().lists[age]


def test_who_comes_back_after_months_meets_the_next_one() -> None:
    (first, second, *_others) = first_nights.of_ages(())

    question = on_night(1, asked=[Asked(FIRST - 200 * DAY, first)])

    assert question is not None
    assert question.slug == second


def test_what_was_asked_before_gives_way_to_the_next_one_then_to_those_before() -> None:
    slugs = first_nights.of_ages(())
    asked = [Asked(FIRST - DAY, slug) for slug in slugs[3:]]

    question = on_night(3, asked=asked)

    assert question is not None
    assert question.slug == slugs[2]


def test_a_list_question_that_was_swapped_away_does_not_come_the_next_night_where_others_do_not_suit() -> None:
    themes = REASONS["hard-on-myself"].themes

    met = [on_night(number, themes=themes, ages=("school",)) for number in range(11)]

    assert len({question.slug for question in met if question}) == 11


def test_where_all_that_is_light_was_asked_something_steady_comes() -> None:
    prayers = [question for question in library() if question.theme == "grace" and question.daily]
    asked = [Asked(FIRST, question.slug) for question in prayers if question.depth == "light"]

    question = on_night(5, themes=["grace"], asked=asked)

    assert question is not None
    assert (question.depth, question.tender) == ("steady", False)


@given(number=st.integers(0, FIRST_NIGHTS - 1), ages=ages, turn=turns)
def test_who_chose_no_theme_is_not_yet_asked_about_quarrels_and_old_times(number: int, ages: set[str], turn: int) -> None:
    question = on_night(number, ages=ages, turn=turn)

    assert question is not None
    assert question.theme in first_nights.read().themes


def test_a_library_without_those_themes_is_asked_all_the_same() -> None:
    quarrels = [question for question in library() if question.theme == "repair" and question.daily]

    assert on_night(0, library=quarrels) in quarrels


def test_an_own_question_comes_first_and_once() -> None:
    own = make_question(slug=OWN, own=True)

    assert on_night(2, library=[*library(), own]) == own
    later = on_night(3, library=[*library(), own], asked=[Asked(FIRST, OWN)])
    assert later is not None
    assert later.slug == first_nights.of_ages(())[3]


def test_after_the_fourteenth_the_list_changes_nothing() -> None:
    with_list, without = on_night(FIRST_NIGHTS), on_night(FIRST_NIGHTS, first_nights=())

    assert with_list == without


@given(ages=ages)
def test_several_ages_have_a_night_each_in_turn_and_nothing_for_another_age(ages: set[str]) -> None:
    by_slug = {question.slug: question for question in library()}
    lists = first_nights.read().lists

    slugs = first_nights.of_ages(ages)

    assert len(set(slugs)) == len(slugs) == FIRST_NIGHTS
    in_order = [age for age in Age.values if age in ages] or [first_nights.NO_AGE]
    assert all(slug in lists[in_order[night % len(in_order)]] for night, slug in enumerate(slugs))
    assert all(suits(by_slug[slug], (), ages) for slug in slugs)
    assert slugs[0] == lists[in_order[0]][0]


@pytest.mark.parametrize("reason", [slug for slug, reason in REASONS.items() if reason.themes])
@given(ages=ages)
def test_who_chose_a_reason_meets_the_first_question_and_most_of_the_list(reason: str, ages: set[str]) -> None:
    by_slug = {question.slug: question for question in library()}
    slugs = first_nights.of_ages(ages)

    suitable = [slug for slug in slugs if suits(by_slug[slug], REASONS[reason].themes, ages)]

    assert suitable[0] == slugs[0]
    assert len(suitable) >= 9
