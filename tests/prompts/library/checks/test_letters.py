"""`prompts.library.checks.letters`: what is named where the weekly letters break a rule."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from prompts.library import letters, translations
from prompts.library.checks.letters import check
from tests.prompts.library.checks.good import GOOD

LETTERS = letters.read()[:3]  # quick to compare; what ships is looked through in the tests of `check_library`
PARAGRAPHS = LETTERS[0].paragraphs
FULL = " ".join(["word"] * 60)


def problems(*, prompt: Mapping[str, object] | None = None, **changes: object) -> list[str]:
    """What is named of the shipped letters beside one prompt, where the first letter, or the prompt, has these changes."""
    changed = (replace(LETTERS[0], **changes), *LETTERS[1:])  # type: ignore[arg-type]
    return check(changed, {GOOD.slug: replace(GOOD, **(prompt or {}))})  # type: ignore[arg-type]


def test_letters_that_keep_the_rules_are_only_too_few() -> None:
    assert problems() == ["en/letters: there are 3; 52 are wanted"]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"title": "Ok"}, "1: the title has 3 to 40 characters and no full stop"),
        ({"title": "T" * 41}, "1: the title has 3 to 40 characters and no full stop"),
        ({"title": "Ten minutes."}, "1: the title has 3 to 40 characters and no full stop"),
        ({"title": LETTERS[1].title.upper()}, "2 have the title 'the way back'"),
        ({"paragraphs": (FULL.removesuffix(" word"),)}, "1: has 59 words; 60 to 110 are wanted"),
        ({"paragraphs": (FULL, " ".join(["else"] * 51))}, "1: has 111 words; 60 to 110 are wanted"),
        ({"question": "What happens now?"}, "1: the question has 20 to 140 characters"),
        ({"question": f"What happens with {'z' * 123}?"}, "1: the question has 20 to 140 characters"),
        ({"question": "Tell somebody what happened at breakfast."}, "1: the question has 20 to 140 characters"),
        ({"question": "Who was late? And why was the kettle on?"}, "1: the question has 20 to 140 characters"),
        ({"question": "What ought you to be sorry about?"}, "1: holds 'ought', which the editorial rules keep out"),
        ({"question": "How long is your streak of evenings?"}, "1: holds 'streak', which the rules for letters keep out"),
        ({"paragraphs": (FULL, "How lovely!")}, "1: holds '!', which the rules for letters keep out"),
        ({"paragraphs": (FULL, "A heart ❤")}, "1: holds '❤', which the rules for letters keep out"),
        ({"paragraphs": (FULL, "A lamp 🪔")}, "1: holds '🪔', which the rules for letters keep out"),
        ({"paragraphs": (FULL, "Ten  minutes")}, "1: stray space or straight quotation marks"),
        ({"paragraphs": (FULL, "It's late")}, "1: stray space or straight quotation marks"),
        ({"language": "es"}, "1 is not translated"),
        ({"question": LETTERS[1].question}, "1 and 2 ask nearly the same (1.00)"),
        ({"question": GOOD.question}, f"1 and {GOOD.slug} ask nearly the same (1.00)"),
        ({"paragraphs": (*PARAGRAPHS, "You can be a bit sad today.")}, "1 and 3 both say “you can be a bit sad”"),
        (
            {"prompt": {"tomorrow": "Tonight, let them choose the game, the book and the bed."}},
            f"1 and {GOOD.slug} both say “let them choose the game the”",
        ),
        ({"prompt": {"if_stuck": ["It helps to leave the plan out."]}}, f"1 and {GOOD.slug} both say “it helps to leave the plan”"),
    ],
)
def test_a_broken_rule_is_named(changes: dict[str, object], problem: str) -> None:
    assert any(line.startswith(f"en/letters: {problem}") for line in problems(**changes))  # type: ignore[arg-type]


def test_a_spanish_word_for_a_child_is_no_likeness() -> None:
    first = letters.read("es")[0]
    asking = replace(first, question="¿Qué le gusta comer a tu hijo o a tu hija?")
    prompt = replace(translations.read("es").prompts["the-air-between-you"], question="¿De dónde viene el gato de tu hijo o de tu hija?")

    assert check([asking], {prompt.slug: prompt}, "es") == ["es/letters: there are 1; 52 are wanted"]
