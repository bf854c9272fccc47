"""`prompts.tonight.choose`: nothing is asked twice in a year, nothing deep twice in four nights, and only what suits the parent."""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random
from typing import Any

from django.test import SimpleTestCase
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from journal.nights.records import LOOK_BACK
from prompts.questions import Question
from prompts.tonight import DEEP_EVERY, FACET_EVERY, MIN_RESTED, REST_NIGHTS, Asked, choose, suits
from tests.factories import make_question
from tests.helpers import DAY

FIRST = dt.date(2026, 3, 1)
THEMES = ["repair", "presence", "calm", "grace"]  # grace is opt-in
AGES = ["baby", "small", "teen"]
FACETS = ["two-homes", "alone"]


def night(number: int) -> dt.date:
    return FIRST + number * DAY


def make_library(size: int, deep: int = 0) -> list[Question]:
    return [make_question(slug=f"question-{number}", depth="deep" if number < deep else "light") for number in range(size)]


@st.composite
def libraries(draw: st.DrawFn) -> list[Question]:
    """Questions of all themes, ages and depths; some are retired."""
    depths, facets = st.sampled_from(["light", "steady", "deep"]), st.sampled_from([(), (), (), *((facet,) for facet in FACETS)])
    kinds = st.tuples(st.sampled_from(THEMES), depths, st.sets(st.sampled_from(AGES)), facets)
    drawn = draw(st.lists(st.tuples(kinds, st.integers(0, 9)), min_size=1, max_size=24))
    return [
        make_question(
            slug=f"q-{number}",
            theme=theme,
            opt_in=theme == "grace",
            depth=depth,
            ages=frozenset(ages),
            facets=frozenset(facets),
            retired=not luck,
        )
        for number, ((theme, depth, ages, facets), luck) in enumerate(drawn)
    ]


@st.composite
def arguments_of_choose(draw: st.DrawFn) -> dict[str, Any]:
    """Everything that `choose` takes, tonight being night 400."""
    library = draw(libraries())
    records = st.builds(lambda number, question: Asked(night(number), question.slug), st.integers(0, 399), st.sampled_from(library))
    return {
        "night": night(400),
        "person": draw(st.uuids()),
        "library": library,
        "themes": draw(st.lists(st.sampled_from(THEMES), unique=True)),
        "ages": draw(st.lists(st.sampled_from(AGES), unique=True)),
        "facets": draw(st.lists(st.sampled_from(FACETS), unique=True)),
        "asked": draw(st.lists(records, unique_by=lambda record: record.night)),
        "turn": draw(st.integers(0, 6)),
    }


def may_be_asked(arguments: dict[str, Any]) -> list[Question]:
    """What suits, by a rule written independently of the code's."""
    wanted = set(arguments["themes"]) or {"repair", "presence", "calm"}
    ages, facets = set(arguments["ages"]), set(arguments["facets"])
    return [
        question
        for question in arguments["library"]
        if not question.retired
        and (not question.ages or question.ages & ages)
        and (not question.facets or question.facets & facets)
        and (question.theme in wanted or (question.facets and question.theme != "grace"))
    ]


class ChoiceTests(SimpleTestCase):
    def test_asks_what_it_has_always_asked(self) -> None:
        """Nobody's rotation moves when Nightlight is updated."""
        themes = ("presence", "repair", "calm")
        library = [
            make_question(slug=f"q-{n}", depth="light" if n % 5 else "deep", theme=themes[n % 3], tender=n % 7 == 0) for n in range(40)
        ]
        asked: list[Asked] = []
        chosen = []
        for number in range(24):
            question = choose(
                dt.date(2026, 1, 1) + number * DAY,
                person=uuid.UUID(int=11),
                library=library,
                themes=("presence", "repair"),
                asked=asked,
                excluded={"q-4"},
                turn=number % 3,
            )
            assert question is not None
            chosen.append(int(question.slug.removeprefix("q-")))
            if number % 2:
                asked.append(Asked(dt.date(2026, 1, 1) + number * DAY, question.slug))

        assert chosen == [30, 22, 16, 33, 16, 39, 9, 19, 13, 37, 24, 1, 6, 34, 36, 12, 36, 27, 9, 13, 31, 24, 6, 18]

    @given(arguments=arguments_of_choose(), random=st.randoms())
    def test_does_not_depend_on_the_order_of_the_library_themes_ages_and_records(self, arguments: dict[str, Any], random: Random) -> None:
        shuffled = {name: random.sample(arguments[name], len(arguments[name])) for name in ("library", "themes", "ages", "facets", "asked")}

        assert choose(**arguments) == choose(**arguments) == choose(**{**arguments, **shuffled})

    @given(arguments=arguments_of_choose())
    def test_going_back_to_a_turn_gives_what_it_gave(self, arguments: dict[str, Any]) -> None:
        forward = [choose(**{**arguments, "turn": turn}) for turn in range(6)]
        back = [choose(**{**arguments, "turn": turn}) for turn in reversed(range(6))]

        assert forward == back[::-1]

    @given(arguments=arguments_of_choose())
    def test_asks_only_what_suits(self, arguments: dict[str, Any]) -> None:
        question = choose(**arguments)

        assert question is None or question in may_be_asked(arguments)

    @given(arguments=arguments_of_choose())
    def test_is_none_only_where_nothing_suits_but_deep_ones(self, arguments: dict[str, Any]) -> None:
        has_a_lighter_one = any(not question.is_deep for question in may_be_asked(arguments))

        assert has_a_lighter_one == (choose(**{**arguments, "turn": 1}) is not None)
        assert not has_a_lighter_one or choose(**arguments) is not None

    @given(arguments=arguments_of_choose())
    def test_a_swap_leads_to_another_question_that_is_not_deep(self, arguments: dict[str, Any]) -> None:
        assume(sum(not question.is_deep for question in may_be_asked(arguments)) > 1)

        one, other = choose(**arguments), choose(**{**arguments, "turn": arguments["turn"] + 1})

        assert other is not None
        assert other != one
        assert not other.is_deep

    @given(arguments=arguments_of_choose())
    def test_looking_only_leads_to_another_question_tomorrow(self, arguments: dict[str, Any]) -> None:
        assume(min(Counter(question.is_deep for question in may_be_asked(arguments)).values(), default=0) > 1)

        pages = [choose(**{**arguments, "night": night(400 + number), "turn": 0}) for number in range(9)]

        assert all(one != other for one, other in pairwise(pages) if one)

    @given(arguments=arguments_of_choose())
    def test_is_not_deep_for_four_nights_after_a_deep_one_on_record(self, arguments: dict[str, Any]) -> None:
        deep = {question.slug for question in arguments["library"] if question.is_deep}
        nights = [record.night for record in arguments["asked"] if record.slug in deep]
        assume(nights)

        for number in range(1, DEEP_EVERY):
            question = choose(**{**arguments, "night": max(nights) + number * DAY})
            assert question is None or not question.is_deep

    def test_a_night_that_would_be_deep_too_soon_is_one_of_the_others(self) -> None:
        library, person = make_library(20, deep=5), uuid.UUID(int=1)
        deep_night = next(
            number for number in range(4) if (first := choose(night(number), person=person, library=library)) and first.is_deep
        )
        asked = [Asked(night(deep_night - 2), library[0].slug)]

        pages = [choose(night(deep_night + number), person=person, library=library, asked=asked) for number in (-1, 0, 1)]
        swapped = choose(night(deep_night), person=person, library=library, asked=asked, turn=1)

        assert not any(question is None or question.is_deep for question in pages)
        assert len(set(pages)) == 3
        assert swapped == pages[2]

    @given(arguments=arguments_of_choose(), later=st.integers(0, 30))
    def test_does_not_look_at_tonights_records_and_later_ones(self, arguments: dict[str, Any], later: int) -> None:
        since = [Asked(night(400 + later), question.slug) for question in arguments["library"]]

        assert choose(**{**arguments, "asked": arguments["asked"] + since}) == choose(**arguments)

    @given(arguments=arguments_of_choose())
    def test_ignores_records_of_unknown_questions(self, arguments: dict[str, Any]) -> None:
        unknown = [Asked(night(number), "long-gone") for number in (0, 399)]

        assert choose(**{**arguments, "asked": arguments["asked"] + unknown}) == choose(**arguments)

    def test_asks_grace_only_of_those_who_chose_it(self) -> None:
        grace = make_question(theme="grace", opt_in=True)

        def ask(*themes: str) -> Question | None:
            return choose(FIRST, person=uuid.UUID(int=1), library=[grace], themes=themes)

        assert ask() is None
        assert ask("repair") is None
        assert ask("repair", "grace") == grace

    def test_asks_parents_who_chose_no_age_only_what_fits_every_age(self) -> None:
        library = [make_question(ages=frozenset({"teen"}))]

        def ask(*ages: str) -> Question | None:
            return choose(FIRST, person=uuid.UUID(int=1), library=library, ages=ages)

        assert (ask(), ask("baby"), ask("baby", "teen")) == (None, None, library[0])

    def test_asks_what_has_a_facet_only_of_those_who_switched_it_on(self) -> None:
        library = [
            make_question(theme="calm", facets=frozenset({"two-homes", "alone"})),
            make_question(slug="p", theme="grace", opt_in=True),
        ]

        def ask(*facets: str, themes: tuple[str, ...] = ("repair",)) -> Question | None:
            return choose(FIRST, person=uuid.UUID(int=1), library=library, themes=themes, facets=facets)

        assert (ask(), ask("money"), ask("alone"), ask("alone", "money")) == (None, None, library[0], library[0])
        assert ask("money", themes=("calm",)) is None

    def test_what_is_asked_of_families_of_grace_is_asked_only_of_those_who_chose_it(self) -> None:
        library = [make_question(theme="grace", opt_in=True, facets=frozenset({"alone"}))]

        def ask(*themes: str) -> Question | None:
            return choose(FIRST, person=uuid.UUID(int=1), library=library, themes=themes, facets=["alone"])

        assert (ask(), ask("calm"), ask("grace")) == (None, None, library[0])

    def test_every_fifth_night_has_a_question_of_what_was_switched_on_until_all_were_asked(self) -> None:
        of_facet = [make_question(slug=f"home-{number}", facets=frozenset({"two-homes"})) for number in range(3)]
        library = [*make_library(40), *of_facet]
        asked: list[Asked] = []
        shown: dict[int, Question] = {}
        for number in range(40):
            question = choose(night(number), person=uuid.UUID(int=1), library=library, facets=["two-homes"], asked=asked)
            assert question is not None
            asked.append(Asked(night(number), question.slug))
            shown[number] = question

        nights = [number for number, question in shown.items() if question.facets]
        assert [later - earlier for earlier, later in pairwise(nights)] == [FACET_EVERY, FACET_EVERY]
        assert nights[0] < FACET_EVERY
        assert len({question.slug for question in shown.values()}) == 40
        swapped = choose(night(nights[0]), person=uuid.UUID(int=1), library=library, facets=["two-homes"], turn=1)
        assert swapped
        assert not swapped.facets

    def test_nights_of_a_facet_and_of_a_path_leave_the_rotation_where_it_was(self) -> None:
        library = [*make_library(30), make_question(slug="step", daily=False), make_question(slug="home", facets=frozenset({"alone"}))]
        person = uuid.UUID(int=1)
        first = choose(night(0), person=person, library=library)
        second = choose(night(1), person=person, library=library)
        assert first
        assert second

        for elsewhere in ("step", "home"):
            asked = [Asked(night(0), first.slug), *(Asked(night(number), elsewhere) for number in range(1, 5))]
            assert choose(night(5), person=person, library=library, asked=asked) == second

    def test_everybody_walks_in_an_order_of_their_own(self) -> None:
        library = make_library(40)

        def fortnight(person: int) -> tuple[Question | None, ...]:
            return tuple(choose(night(number), person=uuid.UUID(int=person), library=library) for number in range(14))

        assert len({fortnight(person) for person in range(20)}) == 20


ACTS = ["answers", "swaps", "goes back", "not tonight", "looks", "is absent"]


@dataclass
class Life:
    """A parent's nights: what the page showed on each, and the records that `journal.nights` makes of them."""

    random: Random
    library: list[Question]
    weights: Sequence[int]  # of the acts
    person: uuid.UUID = field(default_factory=lambda: uuid.UUID(int=0))
    themes: list[str] = field(default_factory=list)
    ages: list[str] = field(default_factory=list)
    swaps: int = 1_000_000  # at most, in any REST_NIGHTS + 1 nights
    asked: list[Asked] = field(default_factory=list)
    shown: list[tuple[int, Question]] = field(default_factory=list)  # in order, by number of the night
    swapped: list[int] = field(default_factory=list)  # a night for each swap

    def ask(self, number: int, turn: int = 0, **others: Any) -> Question | None:
        arguments = {"person": self.person, "library": self.library, "themes": self.themes, "ages": self.ages, "asked": self.asked}
        return choose(night(number), turn=turn, **{**arguments, **others})

    def live(self, number: int) -> list[Question]:
        """Spend a night, and return what its page showed."""
        act = self.random.choices(ACTS, self.weights)[0]
        if act == "is absent":
            return []
        left = self.swaps - sum(number - at <= REST_NIGHTS for at in self.swapped)
        turns = min(left, self.random.randint(1, 4)) if act in {"swaps", "goes back"} else 0
        page = [question for turn in range(turns + 1) if (question := self.ask(number, turn))]
        self.swapped += [number] * turns
        self.shown += [(number, question) for question in page]
        if page and act != "looks":
            stays = self.random.choice(page) if act == "goes back" else page[-1]
            self.asked += [Asked(night(number), stays.slug), Asked(night(number), page[-1].slug)]
        return page

    def gaps(self, *, deep: bool | None = None) -> Iterator[int]:
        """How many nights lay between two showings: of one question, or of any two deep ones."""
        last: dict[object, int] = {}
        for number, question in self.shown:
            key = question.slug if deep is None else question.is_deep
            if key in last and deep in {None, question.is_deep}:
                yield number - last[key]
            last[key] = number


def swaps_a_year(size: int, deep: int) -> int:
    """The most swaps that the library's lighter rotation has room for, in any 366 nights.

    It is through after as many steps as it has questions. From a question's night to the end of its rest it takes one
    step for each swap, that night's included, and one for each of the 365 nights that is not deep; of the 91 fourth
    nights among those at least this share, rounded down, is deep. For a library without deep questions that is its
    size less 366; deep ones lower it in proportion, since no swap leads to one.
    """
    deep_nights = REST_NIGHTS // DEEP_EVERY * min(size, DEEP_EVERY * deep) // size
    return size - deep - 1 - (REST_NIGHTS - deep_nights)


def lives(most: int) -> settings:
    """So many long lives, which are not shrunk when one fails: that takes minutes and explains nothing."""
    return settings(max_examples=most, phases=(Phase.explicit, Phase.reuse, Phase.generate))


weights = st.tuples(*[st.integers(0, 9)] * len(ACTS)).map(lambda drawn: [drawn[0] + 1, *drawn[1:]])
randoms = st.randoms(use_true_random=True)


class YearsTests(SimpleTestCase):
    """Of a library that lasts a year."""

    @lives(5)
    @given(
        random=randoms,
        person=st.uuids(),
        weights=weights,
        size=st.integers(400, 500),
        share=st.integers(10, 25),
        nights=st.integers(800, 1200),
    )
    def test_nothing_shown_is_shown_again_in_a_year_and_nothing_deep_in_four_nights(
        self, random: Random, person: uuid.UUID, weights: list[int], size: int, share: int, nights: int
    ) -> None:
        deep = size * share // 100
        life = Life(random, make_library(size, deep), weights, person, swaps=swaps_a_year(size, deep))

        for number in range(nights):
            life.live(number)

        assert all(gap > REST_NIGHTS for gap in life.gaps())
        assert all(gap >= DEEP_EVERY for gap in life.gaps(deep=True))

    def test_one_swap_more_than_there_is_room_for_brings_one_back_too_early(self) -> None:
        only_swaps = [act == "swaps" for act in ACTS]
        frugal, eager = (Life(Random(1), make_library(400, 100), only_swaps, swaps=swaps_a_year(400, 100) + more) for more in (0, 1))  # noqa: S311

        for number in range(REST_NIGHTS + 3):
            frugal.live(number)
            eager.live(number)

        assert min(frugal.gaps(), default=REST_NIGHTS + 1) > REST_NIGHTS
        assert min(eager.gaps()) <= REST_NIGHTS

    @given(random=randoms, person=st.uuids(), away=st.integers(1, LOOK_BACK.days - REST_NIGHTS - 1), turn=st.integers(0, 1))
    def test_older_records_than_the_page_reads_change_nothing_unless_nobody_came_for_long(
        self, random: Random, person: uuid.UUID, away: int, turn: int
    ) -> None:
        library = make_library(60, 15)
        every_night = [Asked(night(number), random.choice(library).slug) for number in range(700)]
        asked = [*every_night, Asked(night(700), library[0].slug), Asked(night(700), library[-1].slug)]  # one of each rotation
        tonight = night(700 + away)

        read = [record for record in asked if record.night >= tonight - LOOK_BACK]

        assert choose(tonight, person=person, library=library, asked=read, turn=turn) == choose(
            tonight, person=person, library=library, asked=asked, turn=turn
        )


class SmallLibraryTests(SimpleTestCase):
    """Of a library all of which is asked long before a year is over.

    A night without a visit passes its question by: here every night has one.
    """

    libraries = st.builds(make_library, st.integers(16, 60), st.integers(1, 9))
    visits = st.tuples(*[st.integers(0, 9)] * 5).map(lambda drawn: [drawn[0] + 1, *drawn[1:], 0])

    def rotations(self, life: Life, nights: int) -> Iterator[tuple[list[str], int]]:
        """Spend so many nights; then for each rotation what was shown, in order, and how many questions it has."""
        for number in range(nights):
            life.live(number)
        for deep in (True, False):
            shown = [question.slug for _n, question in life.shown if question.is_deep == deep]
            yield shown, sum(question.is_deep == deep for question in life.library)

    @lives(10)
    @given(random=randoms, library=libraries, person=st.uuids(), weights=visits)
    def test_every_question_is_met_before_one_comes_again(
        self, random: Random, library: list[Question], person: uuid.UUID, weights: list[int]
    ) -> None:
        for shown, size in self.rotations(Life(random, library, weights, person), nights=100):
            assert len(set(shown[:size])) == min(size, len(shown))

    @lives(10)
    @given(random=randoms, library=libraries, person=st.uuids(), weights=visits)
    def test_a_few_others_always_come_before_one_comes_again(
        self, random: Random, library: list[Question], person: uuid.UUID, weights: list[int]
    ) -> None:
        for shown, size in self.rotations(Life(random, library, weights, person), nights=400):
            few = min(MIN_RESTED, size)
            assert all(len(set(shown[at : at + few])) == few for at in range(len(shown) - few + 1))

    @lives(3)
    @given(random=randoms, library=libraries, person=st.uuids())
    def test_answering_every_night_brings_the_questions_in_the_same_order_again_and_again(
        self, random: Random, library: list[Question], person: uuid.UUID
    ) -> None:
        answers_always = [act == "answers" for act in ACTS]

        for shown, size in self.rotations(Life(random, library, answers_always, person), nights=800):
            assert shown[size:] == shown[:-size]

    @lives(10)
    @given(random=randoms, library=libraries, person=st.uuids(), weights=weights)
    def test_tonights_question_was_not_on_last_nights_page(
        self, random: Random, library: list[Question], person: uuid.UUID, weights: list[int]
    ) -> None:
        life = Life(random, library, weights, person)

        nights = [life.live(number) for number in range(400)]

        assert not any(tonight and tonight[0] in last_night for last_night, tonight in pairwise(nights))


class ChangeTests(SimpleTestCase):
    """Themes and ages are chosen again every other month, and the library grows by a question every fourth night."""

    def nights(self, random: Random, person: uuid.UUID, weights: list[int]) -> Iterator[tuple[int, Life, dict[str, int], list[Question]]]:
        """Each night's number, the life so far, when each question was last on record before, and what was shown."""
        kinds = [(random.choice(THEMES[:3]), random.choice(["light"] * 4 + ["deep"]), random.choice([{"teen"}, set()])) for _ in range(200)]
        everything = [
            make_question(slug=f"q-{number}", theme=theme, depth=depth, ages=frozenset(ages))
            for number, (theme, depth, ages) in enumerate(kinds)
        ]
        life = Life(random, [], weights, person)
        for number in range(420):
            life.library = everything[: 90 + number // 4]
            if number % 61 == 60:
                life.themes, life.ages = random.sample(THEMES[:3], random.randint(0, 3)), random.sample(AGES, random.randint(0, 3))
            last = {record.slug: (record.night - FIRST).days for record in life.asked}
            yield number, life, last, life.live(number)

    @lives(5)
    @given(random=randoms, person=st.uuids(), weights=weights)
    def test_nothing_on_record_is_asked_again_in_a_year_while_a_few_others_are_left(
        self, random: Random, person: uuid.UUID, weights: list[int]
    ) -> None:
        for number, life, last, page in self.nights(random, person, weights):
            suiting = [question for question in life.library if suits(question, life.themes, life.ages)]
            rested = [question for question in suiting if number - last.get(question.slug, -REST_NIGHTS - 1) > REST_NIGHTS]
            for question in page:
                left = [other for other in rested if other.is_deep == question.is_deep]
                assert question in left or len(left) < MIN_RESTED

    @lives(5)
    @given(random=randoms, person=st.uuids(), weights=weights)
    def test_nothing_deep_is_asked_in_four_nights_of_what_is_deep_on_record(
        self, random: Random, person: uuid.UUID, weights: list[int]
    ) -> None:
        for number, life, last, page in self.nights(random, person, weights):
            deep = [last[question.slug] for question in life.library if question.is_deep and question.slug in last]
            assert not any(question.is_deep for question in page) or number - max(deep, default=-DEEP_EVERY) >= DEEP_EVERY


class GentleTests(SimpleTestCase):
    """Another question leads away from what can hurt."""

    def test_a_swap_gives_nothing_tender_while_there_is_anything_else(self) -> None:
        library = [make_question(slug=f"q-{number}", tender=number % 3 > 0) for number in range(60)]
        for number in range(30):
            person = uuid.UUID(int=number)
            for turn in range(1, 8):
                question = choose(night(number), person=person, library=library, turn=turn)
                assert question is not None
                assert not question.tender

    def test_where_all_are_tender_one_of_them_comes(self) -> None:
        library = [make_question(slug=f"q-{number}", tender=True) for number in range(9)]

        shown = [choose(night(0), person=uuid.UUID(int=1), library=library, turn=turn) for turn in range(9)]

        assert len({question.slug for question in shown if question}) == 9
