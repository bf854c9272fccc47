"""`prompts.library.checks.meaning`: questions that mean the same in other words are found, three of them at a time."""

import tomllib
from collections import Counter
from dataclasses import replace

from prompts.library import prompts
from prompts.library.checks import meaning
from tests.prompts.library.checks.good import GOOD

THREE = [
    "How does it get mended after a fight?",
    "Once you two have argued, who fixes it?",
    "Who repairs a quarrel between you two?",
]
OTHERS = [
    "Who made dinner tonight?",
    "Did anybody sing in the car this week?",
    "When was your child last proud of a drawing?",
    "Is there a window you like to look out of?",
]


def test_no_more_than_two_of_one_meaning_ship() -> None:
    assert meaning.check(prompts.read().prompts) == []


def test_words_of_one_meaning_are_one_lemma() -> None:
    assert meaning.lemmas("Who argued, and who fought?") == ["quarrel", "quarrel"]
    assert meaning.lemmas("You’d apologized to them") == ["sorry"]


def test_a_word_stands_in_one_line_only() -> None:
    lines = tomllib.loads(meaning.SYNONYMS.read_text(encoding="utf-8"))
    count = Counter(word for lemma, words in lines.items() for word in {lemma, *words.split()})

    assert [word for word, times in count.items() if times > 1] == []


def test_finds_three_of_one_meaning_and_leaves_two() -> None:
    assert list(meaning.groups([*THREE, *OTHERS])) == [(0, 1, 2)]
    assert list(meaning.groups([*THREE[:2], *OTHERS])) == []


def test_names_them() -> None:
    asked = [replace(GOOD, slug=f"q-{number}", question=question) for number, question in enumerate([*OTHERS, *THREE])]

    assert meaning.check(asked) == ["of like meaning: q-4, q-5, q-6; at most 2 are wanted"]


def test_one_rare_word_alone_makes_nothing_alike() -> None:
    assert list(meaning.groups([f"Who saw the zebra {where}?" for where in ("swim", "jump", "dance")])) == []
