"""`prompts.library.quiz`: what every set of answers recommends, how points are counted, and reading the quiz from its files."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts.library import paths, quiz, topics
from prompts.library.checks.sets import ways_to_answer
from prompts.library.files import LibraryError
from prompts.library.quiz import Answer, Outcome, Quiz, QuizQuestion

# The path to which each answer to the first question leads, whatever else was answered, unless that rules it out.
LEADS_TO = {
    "a-way-back": "mending",
    "a-hard-time": "when-your-child-is-struggling",
    "not-all-there": "present-not-perfect",
    "meant-to-be-different": "beautifully-imperfect",
    "another-road": "a-different-road",
    "two-homes": "two-homes",
    "myself-again": "thirty-nights",
}
# What must not be recommended after an answer, whatever else was answered.
NEVER_AFTER = {
    "baby": {"when-they-pull-away", "when-your-child-is-struggling"},
    "small": {"when-they-pull-away", "the-first-months"},
    "school": {"the-first-months"},
    "teen": {"the-first-months"},
    "grown": {"the-first-months"},
    "there-was-harm": {"daughters-and-mothers"},
    "yes-elsewhere": {"grace"},
    "not-easy": {"grace"},
    "no": {"grace"},
    "hurt-or-afraid": {"mending", "daughters-and-mothers", "beautifully-imperfect", "two-homes"},
    "afraid-of-myself": {
        "mending",
        "thirty-nights",
        "daughters-and-mothers",
        "beautifully-imperfect",
        "the-first-months",
        "a-different-road",
        "two-homes",
    },
    "not-wanting-to-live": {"thirty-nights", "daughters-and-mothers", "the-first-months"},
    "child-in-danger": {"thirty-nights", "when-they-pull-away", "when-your-child-is-struggling", "a-different-road"},
    "child-harmed": {
        "mending",
        "thirty-nights",
        "beautifully-imperfect",
        "when-your-child-is-struggling",
        "a-different-road",
        "two-homes",
    },
    "child-missing": {"thirty-nights", "when-they-pull-away", "when-your-child-is-struggling", "a-different-road", "two-homes"},
    "child-not-eating": {"thirty-nights"},
    "after-a-birth": {"thirty-nights", "daughters-and-mothers", "the-first-months"},
}
# What Help is asked about by an answer, which leads to it first.
HELP_FIRST = {
    "hurt-or-afraid": ("hurt-or-afraid",),
    "afraid-of-myself": ("afraid-of-myself",),
    "not-wanting-to-live": ("not-wanting-to-live",),
    "child-in-danger": ("child-talks-of-dying", "child-hurts-themselves"),
    "child-harmed": ("child-harmed",),
    "child-missing": ("child-missing",),
    "child-not-eating": ("child-not-eating",),
    "after-a-birth": ("after-a-birth",),
    "drink-and-drugs": ("drink-and-drugs",),
}

type Answers = dict[str, tuple[str, ...]]


def every_set_of_answers(start: Quiz) -> Iterator[Answers]:
    """Of the answers to a question those that differ in what they do to the paths: the others end as one of these does."""
    for answers in product(*map(ways_to_answer, start.questions)):
        yield {question.slug: chosen for question, chosen in zip(start.questions, answers, strict=True)}


@st.composite
def sets_of_answers(draw: st.DrawFn) -> Answers:
    """Any answers that the page can send."""
    return {
        question.slug: tuple(
            draw(
                st.sets(st.sampled_from([answer.slug for answer in question.answers]), min_size=1, max_size=None if question.several else 1)
            )
        )
        for question in quiz.read().questions
    }


def check_ends_well(answers: Answers) -> Outcome:
    outcome = quiz.read().outcome(answers)
    given = {slug for chosen in answers.values() for slug in chosen}
    ruled_out = {path for answer in given for path in NEVER_AFTER.get(answer, ())}
    led = LEADS_TO[answers["what-brings-you"][0]]

    def case() -> str:
        return f"{answers} ends in {outcome}"

    assert 1 <= len(outcome.paths) <= 2, f"{case()}: one or two paths are wanted"
    assert len(set(outcome.paths)) == len(outcome.paths), f"{case()}: one path twice"
    assert (outcome.paths[0] == led) or led in ruled_out, f"{case()}: the first answer weighs most"
    assert paths.read().keys() >= set(outcome.paths), f"{case()}: an unknown path"
    assert ruled_out.isdisjoint(outcome.paths), f"{case()}: an answer rules that out"
    assert "grace" not in outcome.paths or "yes-and-here" in given, f"{case()}: nobody asked for prayer"
    assert outcome.help_first == (not given.isdisjoint(HELP_FIRST)), f"{case()}: Help first after such an answer, and only then"
    assert set(outcome.topics) == {topic for answer in given for topic in HELP_FIRST.get(answer, ())}, f"{case()}: Help about that"
    return outcome


def without_words(start: Quiz) -> list[tuple[str, bool, list[tuple[object, ...]]]]:
    """All of a quiz that decides how it ends."""
    return [
        (question.slug, question.several, [(answer.slug, *deeds(answer)) for answer in question.answers]) for question in start.questions
    ]


def deeds(answer: Answer) -> tuple[object, ...]:
    """All that an answer does."""
    return answer.points, answer.rules_out, answer.help_first, answer.topics


class WhatShipsTests:
    def test_every_set_of_answers_ends_well(self) -> None:
        outcomes = [check_ends_well(answers) for answers in every_set_of_answers(quiz.read())]

        assert len(outcomes) >= 2 * 4**6
        assert {path for outcome in outcomes for path in outcome.paths} == paths.read().keys(), "a path that nobody is offered"

    def test_answers_that_are_tried_once_do_alike(self) -> None:
        for question in quiz.read().questions[:-1]:
            tried = {slug for way in ways_to_answer(question) for slug in way}
            alike = [deeds(answer) for answer in question.answers]
            assert {repr(deeds(answer)) for answer in question.answers if answer.slug in tried} == set(map(repr, alike)), question.slug

    @given(sets_of_answers())
    def test_any_answers_to_the_last_question_together_end_well(self, answers: Answers) -> None:
        check_ends_well(answers)

    def test_only_the_last_question_takes_several_answers_and_no_answer_hides_another(self) -> None:
        *others, last = quiz.read().questions
        answers = {question.slug: (question.answers[-1].slug,) for question in others}
        everything = check_ends_well(answers | {last.slug: tuple(answer.slug for answer in last.answers)})

        assert ([question.slug for question in others if question.several], last.several) == ([], True)
        assert set(everything.topics) == topics.read().keys()
        assert everything.paths == ("present-not-perfect",)

    def test_rules_out_just_what_no_answer_may_lead_to(self) -> None:
        answers = [answer for question in quiz.read().questions for answer in question.answers]

        assert {answer.slug: set(answer.rules_out) for answer in answers if answer.rules_out} == NEVER_AFTER
        assert {answer.slug: answer.topics for answer in answers if answer.help_first} == HELP_FIRST
        assert {topic for answer in answers for topic in answer.topics} == topics.read().keys(), "the quiz knows what Help speaks of"

    def test_is_in_spanish_throughout(self) -> None:
        english, spanish = quiz.read(), quiz.read("es")

        def words(start: Quiz) -> list[str]:
            says = [answer.says for question in start.questions for answer in question.answers]
            return [start.introduction, start.help_words, *(question.ask for question in start.questions), *says, *start.why.values()]

        assert (without_words(spanish), list(spanish.why)) == (without_words(english), list(english.why)), "the same answers end alike"
        same = [one for one, other in zip(words(english), words(spanish), strict=True) if one == other]

        assert (english.language, spanish.language) == ("en", "es")
        assert same == ["No."]


def quiz_of(*questions: tuple[Answer, ...], paths: tuple[str, ...] = ("first", "second", "third")) -> Quiz:
    return Quiz(
        introduction="Begin.",
        help_words="Call.",
        questions=tuple(QuizQuestion(slug=f"q{n}", ask="Which?", answers=answers) for n, answers in enumerate(questions)),
        why=dict.fromkeys(paths, "Why."),
    )


def outcome(*answers: Answer) -> Outcome:
    """What a quiz with one answer to each question ends in."""
    return quiz_of(*((answer,) for answer in answers)).outcome({f"q{n}": (answer.slug,) for n, answer in enumerate(answers)})


def points(**by_path: int) -> Answer:
    """An answer that gives these points to these paths."""
    return Answer(slug="a", says="A.", points=by_path)


class OutcomeTests:
    def test_the_first_answer_leads_whatever_the_others_add_up_to(self) -> None:
        assert outcome(points(first=1), points(second=9, third=8)).paths == ("first", "second")
        assert outcome(
            points(first=1), Answer(slug="harm", says="Harm.", points={"third": 2, "second": 1}, rules_out=("first",))
        ).paths == (
            "third",
            "second",
        )
        assert outcome(points(first=1, second=2), points(first=9)).paths == ("second", "first")

    def test_the_stronger_comes_first(self) -> None:
        assert outcome(points(), points(first=2), points(second=3)).paths == ("second", "first")

    def test_points_add_up_over_the_questions(self) -> None:
        assert outcome(points(), points(first=2, third=1), points(third=2)).paths == ("third", "first")

    def test_of_equal_ones_that_named_first_comes_first(self) -> None:
        assert outcome(points(third=1, second=1)).paths == ("second", "third")
        assert outcome(points(third=1, second=1, first=1)).paths == ("first", "second")
        assert outcome(points(third=2, second=1, first=1)).paths == ("third", "first")

    def test_the_order_of_names_is_that_of_the_sentences_why(self) -> None:
        turned = quiz_of((points(first=1, second=1),), paths=("second", "first"))

        assert turned.outcome({"q0": ("a",)}).paths == ("second", "first")

    def test_the_second_needs_half_the_points_of_the_first(self) -> None:
        assert outcome(points(first=4, second=2)).paths == ("first", "second")
        assert outcome(points(first=5, second=2)).paths == ("first",)

    def test_a_path_without_points_is_not_recommended(self) -> None:
        assert outcome(points(second=1)).paths == ("second",)
        assert outcome(points()).paths == ()

    def test_no_points_bring_back_what_one_answer_rules_out(self) -> None:
        harm = Answer(slug="harm", says="Harm.", points={"second": 1}, rules_out=("first",))

        assert outcome(points(first=9), harm).paths == outcome(harm, points(first=9)).paths == ("second",)

    def test_the_points_of_what_is_ruled_out_do_not_count_against_the_others(self) -> None:
        assert outcome(points(first=9, second=2, third=1), Answer(slug="harm", says="Harm.", rules_out=("first",))).paths == (
            "second",
            "third",
        )

    def test_one_answer_is_enough_for_help_to_come_first(self) -> None:
        assert outcome(points(first=1), Answer(slug="afraid", says="Afraid.", help_first=True)).help_first
        assert not outcome(points(first=1), points(first=1)).help_first

    def test_names_the_paths_that_were_ruled_out_and_those_supported(self) -> None:
        suggested = outcome(points(first=9, second=1), Answer(slug="harm", says="Harm.", points={"first": 1}, rules_out=("first",)))

        assert (suggested.ruled_out, suggested.supported) == (frozenset({"first"}), frozenset({"second"}))

    def test_of_several_answers_to_one_question_the_one_with_most_points_counts(self) -> None:
        several = quiz_of((Answer(slug="a", says="A.", points={"first": 2}), Answer(slug="b", says="B.", points={"first": 1, "second": 3})))

        assert several.outcome({"q0": ("a", "b")}).paths == ("second", "first")
        assert several.outcome({"q0": ("b", "a")}) == several.outcome({"q0": ("a", "b")})

    def test_several_answers_rule_out_what_each_does_and_ask_help_about_all(self) -> None:
        several = quiz_of(
            (
                Answer(slug="a", says="A.", points={"first": 2, "third": 1}, rules_out=("second",), help_first=True, topics=("one", "two")),
                Answer(slug="b", says="B.", points={"second": 2}, rules_out=("first",), help_first=True, topics=("two", "three")),
            )
        )

        suggested = several.outcome({"q0": ("b", "a")})

        assert (suggested.paths, suggested.ruled_out) == (("third",), frozenset({"first", "second"}))
        assert (suggested.help_first, suggested.topics) == (True, ("one", "two", "three"))

    @pytest.mark.parametrize("answers", [{}, {"q0": ()}, {"q0": ("b",)}, {"q0": ("a", "b")}, {"q1": ("a",)}])
    def test_refuses_an_unknown_answer_and_none(self, answers: Answers) -> None:
        with pytest.raises(KeyError):
            quiz_of((points(first=1),)).outcome(answers)


ENGLISH = """
introduction = "Begin."
help_words = "Call."
[[question]]
slug = "where"
ask = "Where are you?"
[[question.answer]]
slug = "here"
says = "Here."
points = { one = 1 }
[[question.answer]]
slug = "afraid"
says = "Afraid."
points = { two = 1 }
rules_out = ["one"]
help_first = true
[[result]]
path = "one"
why = "Since you are here."
[[result]]
path = "two"
why = "Since you are afraid."
"""
# The answers and the results in another order, and points that do not count.
FRENCH = """
introduction = "Début."
help_words = "Appelez."
[[question]]
slug = "where"
ask = "Où ?"
[[question.answer]]
slug = "afraid"
says = "Peur."
points = { one = 9 }
[[question.answer]]
slug = "here"
says = "Ici."
[[result]]
path = "two"
why = "La peur."
[[result]]
path = "one"
why = "Ici, donc."
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for language, text in (("en", ENGLISH), ("fr", FRENCH)):
        (tmp_path / language).mkdir()
        (tmp_path / language / "where-to-start.toml").write_text(text, encoding="utf-8")
    return tmp_path


class ReadingTests:
    def test_puts_a_language_s_words_over_the_english_points(self, folder: Path) -> None:
        french = quiz.read("fr", folder)

        assert (french.language, french.introduction, french.help_words) == ("fr", "Début.", "Appelez.")
        assert [question.ask for question in french.questions] == ["Où ?"]
        assert [(answer.slug, answer.says, answer.points) for answer in french.questions[0].answers] == [
            ("here", "Ici.", {"one": 1}),
            ("afraid", "Peur.", {"two": 1}),
        ]
        assert list(french.why.items()) == [("one", "Ici, donc."), ("two", "La peur.")]
        assert french.outcome({"where": ("afraid",)}) == Outcome(("two",), True, frozenset({"one"}), frozenset({"two"}))

    def test_is_in_english_where_there_is_no_translation(self, folder: Path) -> None:
        assert quiz.read("xx", folder) == quiz.read("en", folder)
        assert quiz.read("xx", folder).language == "en"

    @pytest.mark.parametrize(
        ("missing", "name"),
        [
            ('introduction = "Début."', "introduction"),
            ('help_words = "Appelez."', "help_words"),
            ('ask = "Où ?"', "ask"),
            ('[[question.answer]]\nslug = "here"\nsays = "Ici."\n', "here"),
            ('says = "Ici."', "says"),
            ('[[result]]\npath = "one"\nwhy = "Ici, donc."\n', "one"),
            ('why = "La peur."', "why"),
        ],
    )
    def test_names_what_a_language_lacks(self, folder: Path, missing: str, name: str) -> None:
        assert FRENCH.count(missing) == 1
        (folder / "fr" / "where-to-start.toml").write_text(FRENCH.replace(missing, ""), encoding="utf-8")

        with pytest.raises(LibraryError, match=rf"^where-to-start\.toml: {name} is not translated$"):
            quiz.read("fr", folder)

    def test_names_a_question_that_a_language_has_under_another_name(self, folder: Path) -> None:
        (folder / "fr" / "where-to-start.toml").write_text(FRENCH.replace('slug = "where"', 'slug = "ou"'), encoding="utf-8")

        with pytest.raises(LibraryError, match=r"^where-to-start\.toml: where is not translated$"):
            quiz.read("fr", folder)

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ('mood = "blue"\n' + ENGLISH, "an entry has unknown fields: mood"),
            (ENGLISH.replace("ask =", 'mood = "blue"\nask ='), "where has unknown fields: mood"),
            (ENGLISH.replace("help_first", "help_last"), "afraid has unknown fields: help_last"),
            (ENGLISH.replace('says = "Here."\n', ""), "here: Answer.__init__() missing 1 required keyword-only argument: 'says'"),
            (ENGLISH.replace('help_words = "Call."\n', ""), "missing 1 required keyword-only argument: 'help_words'"),
            (ENGLISH + "[[result]\n", "where-to-start.toml: "),
            (ENGLISH.replace('path = "one"\n', "", 1), "missing 1 required keyword-only argument: 'path'"),
            (ENGLISH + 'mood = "blue"\n', "has unknown fields: mood"),
            (ENGLISH.split("[[question]]")[0] + 'question = "Where?"\n', "question is written [[question]], once for each"),
            (ENGLISH.replace("rules_out = [", "rules_out = [1, "), "rules_out is written as a list of texts"),
        ],
    )
    def test_names_what_is_wrong(self, folder: Path, text: str, message: str) -> None:
        (folder / "en" / "where-to-start.toml").write_text(text, encoding="utf-8")

        with pytest.raises(LibraryError, match=r"^where-to-start\.toml: ") as raised:
            quiz.read(library=folder)

        assert message in str(raised.value)
