"""`prompts.library.checks.sets`: the paths, guides and quiz that ship keep every rule, and each rule catches what breaks it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from prompts.library import guides, paths, prompts, quiz, topics
from prompts.library import sets as ready_made
from prompts.library.checks import sets
from prompts.library.files import LIBRARY
from prompts.library.guides import AskText, GuideText
from prompts.library.paths import PartText, PathText, StepText
from prompts.library.prompts import Library, PromptText, ThemeText
from prompts.library.quiz import Answer, Quiz, QuizQuestion
from prompts.library.topics import Topic
from prompts.templatetags.library import names_help

DAILY = PromptText(slug="at-the-door", theme="calm", question="What was the first thing you saw at the door tonight?", depth="light")
OWN = replace(DAILY, slug="on-the-stairs", question="Who sat on the stairs?", daily=False)
LIBRARY_OF_TWO = Library((ThemeText(slug="calm", name="Calm words", line="Saying it early."),), (DAILY, OWN))
PATH = PathText(
    slug="two-nights",
    name="Two nights",
    line="Two nights by the door.",
    for_whom="For you if you came in late.",
    not_for_whom="Not for you if you stayed out.",
    introduction=("It goes slowly.",),
    closing=("Here they are.",),
    parts=(
        PartText(name="Coming", line="First the door.", steps=(StepText(prompt="at-the-door", note="Begin here."),)),
        PartText(name="Going up", line="Then the stairs.", steps=(StepText(prompt="on-the-stairs", note="Then here."),)),
    ),
)
ASKS = tuple(AskText(ask=f"What can you hear in the {room}?", hint="A tap.") for room in ("kitchen", "hall", "yard", "street"))
GUIDE = GuideText(
    slug="after-the-door",
    name="After the door",
    line="For evenings when it slammed.",
    opening="Sit down first.",
    closing="That is all.",
    parts=ASKS,
)
ANSWERS = (
    Answer(slug="here", says="Here.", points={"two-nights": 1}),
    Answer(slug="there", says="There.", points={"two-nights": 1}),
    Answer(slug="afraid", says="I am afraid.", points={"two-nights": 1}, help_first=True),
)
QUIZ = Quiz(
    introduction="Six short questions.",
    help_words="There are people to talk to.",
    questions=tuple(QuizQuestion(slug=f"question-{n}", ask="Where are you?", answers=ANSWERS) for n in range(6)),
    why={"two-nights": "You came to the door."},
)


TOPIC = Topic(slug="a-fall", name="A fall", first="ambulance", kinds=("talk",), now="If they cannot stand", say="Sit with them.")


def check(path: PathText = PATH, *, guide: GuideText = GUIDE, start: Quiz = QUIZ, topic: Topic = TOPIC) -> list[str]:
    return sets.check(LIBRARY_OF_TWO, {path.slug: path}, {guide.slug: guide}, start, {topic.slug: topic}, {})


class WhatShipsTests:
    def test_keeps_every_rule(self) -> None:
        assert sets.check(prompts.read(), paths.read(), guides.read(), quiz.read(), topics.read(), ready_made.read()) == []

    @pytest.mark.parametrize(("folder", "read"), [("paths", paths.read), ("guides", guides.read)])
    def test_lists_every_file(self, folder: str, read: Callable[[], dict[str, Any]]) -> None:
        assert {file.stem for file in (LIBRARY / "en" / folder).glob("*.toml")} == read().keys()

    def test_paths_are_as_long_as_promised(self) -> None:
        assert {slug: len(path.steps) for slug, path in paths.read().items()} == {
            "mending": 21,
            "present-not-perfect": 14,
            "the-first-months": 10,
            "beautifully-imperfect": 14,
            "a-different-road": 12,
            "when-your-child-is-struggling": 10,
            "two-homes": 12,
            "thirty-nights": 30,
            "when-they-pull-away": 10,
            "daughters-and-mothers": 21,
            "grace": 10,
        }
        assert [len(part.steps) for part in paths.read()["mending"].parts if part.name] == [3] * 7

    def test_has_a_note_above_the_first_step_and_above_a_third_of_all(self) -> None:
        noted = {slug: [bool(step.note) for step in path.steps] for slug, path in paths.read().items()}

        assert [slug for slug, notes in noted.items() if not notes[0] or 3 * sum(notes) < len(notes)] == []

    def test_only_the_path_that_is_opt_in_asks_prompts_of_opt_in_themes(self) -> None:
        themes = {theme.slug: theme for theme in prompts.read().themes}
        texts = {prompt.slug: prompt for prompt in prompts.read().prompts}

        praying = {slug for slug, path in paths.read().items() if any(themes[texts[step].theme].opt_in for step in path.prompts)}

        assert praying == {slug for slug, path in paths.read().items() if path.opt_in} == {"grace"}

    def test_warns_before_a_path_that_may_hurt_and_names_another(self) -> None:
        cautious = {slug: path.instead for slug, path in paths.read().items() if path.caution}

        assert cautious == {
            "the-first-months": ("present-not-perfect",),
            "a-different-road": ("present-not-perfect",),
            "when-your-child-is-struggling": ("present-not-perfect", "thirty-nights"),
            "two-homes": ("present-not-perfect",),
            "thirty-nights": ("present-not-perfect",),
            "daughters-and-mothers": ("thirty-nights", "present-not-perfect"),
        }

    @pytest.mark.parametrize("language", ["en", "es"])
    def test_the_number_stands_first_where_a_baby_or_a_struggling_child_may_need_somebody_now(self, language: str) -> None:
        help_first = [path for path in paths.read(language).values() if path.help_first]

        assert [path.slug for path in help_first] == ["the-first-months", "when-your-child-is-struggling"]
        assert all(names_help(path.caution) for path in help_first)

    @pytest.mark.parametrize(
        ("language", "signs"),
        [
            (
                "en",
                (
                    "38 °C (100.4 °F)|trouble breathing|blue or gray lips|a seizure|limp|hard to wake|won’t feed|fewer wet diapers|"
                    "harming yourself or the baby|hearing things others don’t|no sleep even when|heavy bleeding|chest pain|severe headache"
                ),
            ),
            (
                "es",
                (
                    "38 °C (100,4 °F)|le cuesta respirar|azules o grises|convulsión|sin fuerza|que despierte|no quiere comer|menos pañales|"
                    "hacerte daño|oyes cosas|no duermes ni cuando|sangras mucho|duele el pecho|dolor de cabeza"
                ),
            ),
        ],
    )
    def test_the_first_months_begin_with_what_needs_a_doctor_today(self, language: str, signs: str) -> None:
        said = " ".join(paths.read(language)["the-first-months"].caution)

        assert [sign for sign in signs.split("|") if sign not in said] == []

    @pytest.mark.parametrize(
        ("language", "harmed", "person"), [("en", "a child is being harmed", "call first"), ("es", "le hacen daño", "llama primero")]
    )
    def test_thirty_nights_begins_with_a_word_on_a_child_who_was_harmed(self, language: str, harmed: str, person: str) -> None:
        first = paths.read(language)["thirty-nights"].caution[0]

        assert harmed in first
        assert person in first

    @pytest.mark.parametrize(
        ("language", "often"),
        [
            ("en", "If this happens often, or a child was hurt, tell a person this week"),
            ("es", "Si esto pasa a menudo, o una niña o un niño salió herido, cuéntaselo a alguien esta semana"),
        ],
    )
    def test_the_guide_after_shouting_says_once_when_a_person_is_to_be_told(self, language: str, often: str) -> None:
        guide = guides.read(language)["i-lost-my-temper"]
        said = " ".join([guide.line, guide.opening, guide.closing, *(f"{part.ask} {part.hint}" for part in guide.parts)])

        assert said.count(often) == 1
        assert often in guide.opening, "where it is read whether or not anything is written"

    def test_asks_nobody_to_give_way_where_another_adult_controls(self) -> None:
        asked = {prompt.slug: prompt.question for prompt in prompts.read().prompts}

        assert "two-ends-of-a-rope" not in asked
        assert [slug for slug, question in asked.items() if "another adult" in question and "put your end down" in question] == []


def test_good_sets_break_no_rule() -> None:
    assert check() == []


def with_steps(*slugs: str) -> PathText:
    return replace(PATH, parts=(PartText(name="", steps=tuple(StepText(prompt=slug) for slug in slugs)),))


class PathRulesTests:
    def test_an_unknown_prompt(self) -> None:
        assert check(with_steps("at-the-door", "on-the-stairs", "on-the-roof")) == ["paths/two-nights: there is no prompt on-the-roof"]

    def test_a_prompt_twice(self) -> None:
        assert check(with_steps("at-the-door", "on-the-stairs", "at-the-door")) == ["paths/two-nights: at-the-door is 2 steps"]

    def test_a_prompt_twice_in_different_parts(self) -> None:
        again = PartText(name="Again", line="Once more.", steps=(StepText(prompt="on-the-stairs"),))

        assert check(replace(PATH, parts=(*PATH.parts, again))) == ["paths/two-nights: on-the-stairs is 2 steps"]

    def test_an_own_prompt_that_no_path_asks(self) -> None:
        assert check(with_steps("at-the-door")) == ["on-the-stairs is asked on no path and in no set"]

    def test_an_own_prompt_that_only_a_set_asks(self) -> None:
        path, one = with_steps("at-the-door"), replace(next(iter(ready_made.read().values())), steps=(StepText(prompt="on-the-stairs"),))

        assert sets.check(LIBRARY_OF_TWO, {path.slug: path}, {}, QUIZ, {}, {one.slug: one}) == []

    def test_a_caution_without_a_path_to_take_instead(self) -> None:
        for part in ({"instead": ()}, {"another_way": ""}, {"caution": ()}):
            whole: dict[str, Any] = {"caution": ("It may touch old harm.",), "another_way": "Another.", "instead": ("two-nights",)}
            assert check(replace(PATH, **{**whole, **part})) == ["paths/two-nights: a path with a caution offers another way"]

    def test_an_unknown_path_to_take_instead(self) -> None:
        path = replace(PATH, caution=("It may touch old harm.",), another_way="Two others.", instead=("two-nights", "nowhere", "anywhere"))

        assert check(path) == ["paths/two-nights: there is no path anywhere, nowhere"]

    @pytest.mark.parametrize("line", ["No full stop", "x" * 120 + ".", ""])
    def test_a_line_that_is_no_short_sentence(self, line: str) -> None:
        assert check(replace(PATH, line=line)) == ["paths/two-nights: its line is one sentence of at most 120 characters"]

    def test_a_line_as_long_as_may_be(self) -> None:
        assert check(replace(PATH, line="x" * 119 + ".")) == []

    @pytest.mark.parametrize("field", ["for_whom", "not_for_whom"])
    @pytest.mark.parametrize("text", ["", "No full stop", "x" * 160 + "."])
    def test_for_whom_it_is_or_not_left_out_or_long(self, field: str, text: str) -> None:
        words: dict[str, Any] = {field: text}

        assert check(replace(PATH, **words)) == [
            "paths/two-nights: says for whom it is and for whom not, each in at most 160 characters that end with a full stop"
        ]

    def test_for_whom_as_long_as_may_be(self) -> None:
        assert check(replace(PATH, for_whom="x" * 159 + ".", not_for_whom="x" * 159 + ".")) == []

    def test_the_number_first_in_words_that_do_not_name_help(self) -> None:
        path = replace(PATH, help_first=True, caution=("It may hurt.",), another_way="Here.", instead=("two-nights",))

        assert check(path) == ["paths/two-nights: a path that shows the number to call first names Help in its caution"]
        assert check(replace(path, caution=("Help has the number.",))) == []

    @pytest.mark.parametrize("line", ["No full stop", "x" * 75 + ".", ""])
    def test_a_named_part_whose_line_is_no_short_sentence(self, line: str) -> None:
        parts = (replace(PATH.parts[0], line=line), PATH.parts[1])

        assert check(replace(PATH, parts=parts)) == ["paths/two-nights: a part with a name has a line of at most 75 characters"]

    def test_an_introduction_that_is_long_to_read(self) -> None:
        assert check(replace(PATH, introduction=("Word " * 40 + "here.", "Word " * 33 + "here."))) == []
        assert check(replace(PATH, introduction=("Word " * 40 + "here.", "Word " * 34 + "here."))) == [
            "paths/two-nights: an introduction of at most 75 words is wanted"
        ]

    @pytest.mark.parametrize("missing", ["introduction", "closing"])
    def test_no_introduction_or_closing(self, missing: str) -> None:
        empty: dict[str, Any] = {missing: ()}

        assert check(replace(PATH, **empty)) == ["paths/two-nights: an introduction and a closing are wanted"]

    @pytest.mark.parametrize(
        "broken",
        [
            {"name": "You should walk"},
            {"line": "You should walk."},
            {"for_whom": "You should walk."},
            {"not_for_whom": "You should walk."},
            {"introduction": ("It goes slowly.", "You should walk.")},
            {"closing": ("You should walk.",)},
            {"caution": ("You should walk.",), "another_way": "Here.", "instead": ("two-nights",)},
            {"caution": ("It may hurt.",), "another_way": "You should walk.", "instead": ("two-nights",)},
            {"parts": (replace(PATH.parts[0], name="You should walk"), PATH.parts[1])},
            {"parts": (replace(PATH.parts[0], line="You should walk."), PATH.parts[1])},
            {"parts": (PATH.parts[0], PartText(name="", steps=(StepText(prompt="on-the-stairs", note="You should walk."),)))},
        ],
    )
    def test_a_scolding_word_anywhere(self, broken: dict[str, Any]) -> None:
        problems = check(replace(PATH, **broken))

        assert len(problems) == 1
        assert problems[0].startswith("paths/two-nights: holds 'should'")
        assert "You should walk" in problems[0]


class GuideRulesTests:
    @pytest.mark.parametrize("count", [0, 3, 7])
    def test_too_few_or_too_many_questions(self, count: int) -> None:
        parts = tuple(AskText(ask=f"What is behind door {n}?") for n in range(count))

        assert check(guide=replace(GUIDE, parts=parts)) == [f"guides/after-the-door: has {count} questions; four to six are wanted"]

    def test_six_questions(self) -> None:
        assert check(guide=replace(GUIDE, parts=(*ASKS, AskText(ask="Who else is up?"), AskText(ask="What is left?")))) == []

    def test_the_same_question_twice(self) -> None:
        assert check(guide=replace(GUIDE, parts=(*ASKS, replace(ASKS[0], hint="Another hint.")))) == [
            "guides/after-the-door: asks the same twice"
        ]

    @pytest.mark.parametrize("broken", [{"line": "x" * 121}, {"opening": "x" * 301}, {"closing": "x" * 221}])
    def test_more_than_fits_one_screen(self, broken: dict[str, str]) -> None:
        fitting: dict[str, Any] = {name: text[1:] for name, text in broken.items()}
        long: dict[str, Any] = {**broken}

        assert check(guide=replace(GUIDE, **fitting)) == []
        assert check(guide=replace(GUIDE, **long)) == [
            "guides/after-the-door: its line, opening or closing is too long for one screen",
        ]

    @pytest.mark.parametrize("part", [AskText(ask="And so?"), AskText(ask="x" * 121), AskText(ask="Who is up?", hint="x" * 111)])
    def test_a_question_or_hint_too_short_or_too_long(self, part: AskText) -> None:
        problems = check(guide=replace(GUIDE, parts=(*ASKS, part)))

        assert len(problems) == 1
        assert problems[0].endswith(f"a hint of at most 110 are wanted: {part.ask}")

    @pytest.mark.parametrize(
        "broken",
        [
            {"name": "It’s always me"},
            {"line": "It’s always me."},
            {"opening": "It’s always me."},
            {"closing": "It’s always me."},
            {"parts": (*ASKS, AskText(ask="Is it always me?"))},
            {"parts": (*ASKS, AskText(ask="Who is it?", hint="Not always me."))},
        ],
    )
    def test_a_scolding_word_anywhere(self, broken: dict[str, Any]) -> None:
        problems = check(guide=replace(GUIDE, **broken))

        assert len(problems) == 1
        assert problems[0].startswith("guides/after-the-door: holds 'always'")


def with_answers(*answers: Answer, last: Sequence[Answer] = ANSWERS) -> Quiz:
    """A quiz whose questions but the last have these answers."""
    *others, final = QUIZ.questions
    return replace(QUIZ, questions=(*(replace(question, answers=answers) for question in others), replace(final, answers=tuple(last))))


class QuizRulesTests:
    def test_five_questions(self) -> None:
        assert check(start=replace(QUIZ, questions=QUIZ.questions[:5])) == [
            "where-to-start: six questions of 3 to 7 answers are wanted, or of up to twelve where several can be chosen"
        ]

    @pytest.mark.parametrize("last", [ANSWERS[1:], (*ANSWERS, *(replace(ANSWERS[0], slug=f"there-{n}") for n in range(5)))])
    def test_two_answers_or_eight(self, last: Sequence[Answer]) -> None:
        assert check(start=with_answers(*ANSWERS, last=last)) == [
            "where-to-start: six questions of 3 to 7 answers are wanted, or of up to twelve where several can be chosen"
        ]

    @pytest.mark.parametrize("why", [{}, {"two-nights": "The door.", "nowhere": "No door."}])
    def test_a_path_without_its_sentence_or_a_sentence_without_its_path(self, why: dict[str, str]) -> None:
        assert "where-to-start: each path has its sentence why, and nothing else has" in check(start=replace(QUIZ, why=why))

    @pytest.mark.parametrize("broken", [{"points": {"two-nights": 1, "nowhere": 2}}, {"rules_out": ("nowhere",)}])
    def test_an_answer_that_supports_or_rules_out_an_unknown_path(self, broken: dict[str, Any]) -> None:
        last = (replace(ANSWERS[0], **broken), *ANSWERS[1:])

        assert check(start=with_answers(*ANSWERS, last=last)) == ["where-to-start: there is no path nowhere"]

    def test_no_answer_that_leads_to_help(self) -> None:
        calm = [replace(answer, help_first=False) for answer in ANSWERS]

        assert check(start=with_answers(*calm, last=calm)) == ["where-to-start: no answer leads to Help first"]

    def test_an_answer_about_an_unknown_topic_or_that_leads_not_to_help(self) -> None:
        known, unknown = replace(ANSWERS[2], topics=("a-fall",)), replace(ANSWERS[2], topics=("a-flood",))
        calm = replace(ANSWERS[0], topics=("a-fall",))

        assert check(start=with_answers(*ANSWERS, last=[*ANSWERS[:2], known])) == []
        assert check(start=with_answers(*ANSWERS, last=[*ANSWERS[:2], unknown])) == ["where-to-start: Help has no topic a-flood"]
        assert check(start=with_answers(*ANSWERS, last=[calm, *ANSWERS[1:]])) == [
            "where-to-start: here: an answer with a topic leads to Help first"
        ]

    def test_several_answers_that_together_rule_out_every_path(self) -> None:
        two = replace(PATH, slug="one-night"), PATH
        here = replace(ANSWERS[0], points={"one-night": 1}, rules_out=("two-nights",))
        last = [here, replace(ANSWERS[1], rules_out=("one-night",)), ANSWERS[2]]
        quiet = [replace(answer, points={}) for answer in ANSWERS]
        start = replace(with_answers(*quiet, last=last), why={"one-night": "One.", "two-nights": "Two."})
        several = replace(start, questions=(*start.questions[:-1], replace(start.questions[-1], several=True)))

        def problems(checked: Quiz) -> list[str]:
            return sets.check(LIBRARY_OF_TWO, {path.slug: path for path in two}, {}, checked, {}, {})

        assert problems(start) == []
        assert problems(several) == ["where-to-start: here, here, here, here, here, there, here: ends nowhere"]

    def test_answers_that_support_no_path(self) -> None:
        silent = [replace(answer, points={}) for answer in ANSWERS]

        assert check(start=with_answers(*silent)) == []
        assert check(start=with_answers(*silent, last=[*ANSWERS[:2], silent[2]])) == [
            "where-to-start: here, here, here, here, here, afraid: ends nowhere"
        ]

    def test_an_answer_that_rules_out_all_paths_that_the_others_support(self) -> None:
        last = (*ANSWERS[:2], replace(ANSWERS[2], rules_out=("two-nights",)))

        assert check(start=with_answers(*ANSWERS, last=last)) == ["where-to-start: here, here, here, here, here, afraid: ends nowhere"]

    @pytest.mark.parametrize(
        "broken",
        [
            {"introduction": "You must choose."},
            {"help_words": "You must call."},
            {"why": {"two-nights": "You must go."}},
            {"questions": (replace(QUIZ.questions[0], ask="Where must you go?"), *QUIZ.questions[1:])},
            {
                "questions": (
                    replace(QUIZ.questions[0], answers=(replace(ANSWERS[0], says="I must go."), *ANSWERS[1:])),
                    *QUIZ.questions[1:],
                )
            },
        ],
    )
    def test_a_scolding_word_anywhere(self, broken: dict[str, Any]) -> None:
        problems = check(start=replace(QUIZ, **broken))

        assert len(problems) == 1
        assert problems[0].startswith("where-to-start: holds 'must'")


class TopicRulesTests:
    @pytest.mark.parametrize("broken", [{"name": "x" * 61}, {"now": "x" * 111}, {"say": "x" * 321}])
    def test_more_than_can_be_read_in_a_hurry(self, broken: dict[str, str]) -> None:
        fitting: dict[str, Any] = {name: text[1:] for name, text in broken.items()}
        long: dict[str, Any] = {**broken}

        assert check(topic=replace(TOPIC, **fitting)) == []
        assert check(topic=replace(TOPIC, **long)) == [
            "help/a-fall: its name, what is urgent, or what to do is too long to be read in a hurry"
        ]

    @pytest.mark.parametrize("broken", [{"name": "You should run"}, {"now": "You should run"}, {"say": "You should run."}])
    def test_a_scolding_word_anywhere(self, broken: dict[str, Any]) -> None:
        problems = check(topic=replace(TOPIC, **broken))

        assert len(problems) == 1
        assert problems[0].startswith("help/a-fall: holds 'should'")
