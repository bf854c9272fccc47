"""Texts for journals that are searched: as many different words, and each as often, as in what people write.

The most frequent words are those of the demo family's nights, in their order; the rest of the list are made-up words with the endings of
English. How often a word comes follows Zipf's law. Nothing is left to chance but by a fixed seed.
"""

import random
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

SIZE = 30_000  # different words: what a person uses in ten years, with all inflections
SEED = 13
STORIES = Path(__file__).parents[1] / "operations" / "demo" / "families"
WORD = re.compile(r"[a-z]+(?:’[a-z]+)?")
ONSETS = ("b", "br", "c", "ch", "d", "f", "fl", "g", "gr", "h", "k", "l", "m", "n", "p", "pl", "r", "s", "st", "t", "tr", "v", "w")
VOWELS = ("a", "e", "i", "o", "u", "ea", "ou")
CODAS = ("", "n", "r", "l", "t", "nd", "st", "m", "ck")
ENDINGS = ("", "s", "ed", "ing", "er", "ly", "ness")
WORDS_A_SENTENCE, SENTENCES_A_PARAGRAPH = 12, 6


def words() -> list[str]:
    """The most frequent first."""
    counted: Counter[str] = Counter()
    for story in sorted(STORIES.glob("*.toml")):
        for night in tomllib.loads(story.read_text(encoding="utf-8"))["night"]:
            counted.update(WORD.findall(night.get("text", "").lower()))
    found = dict.fromkeys(word for word, _number in counted.most_common(SIZE))
    chance = random.Random(SEED)  # noqa: S311
    while len(found) < SIZE:
        stem = "".join(
            chance.choice(ONSETS) + chance.choice(VOWELS) + chance.choice(CODAS) for _syllable in range(chance.choice((2, 2, 3)))
        )
        found.update(dict.fromkeys(stem + ending for ending in ENDINGS[: chance.randint(1, len(ENDINGS))]))
    return list(found)[:SIZE]


def texts(number: int, length: int) -> Iterator[str]:
    """So many texts of about this many characters each, in sentences and paragraphs."""
    vocabulary = words()
    weights = list(accumulate(1 / (rank + 2.7) for rank in range(1, SIZE + 1)))
    chance = random.Random(SEED)  # noqa: S311
    for _number in range(number):
        yield _text(chance.choices(vocabulary, cum_weights=weights, k=length // 5), length)


def _text(chosen: list[str], length: int) -> str:
    sentences = [" ".join(chosen[at : at + WORDS_A_SENTENCE]) for at in range(0, len(chosen), WORDS_A_SENTENCE)]
    paragraphs = [
        " ".join(f"{sentence[:1].upper()}{sentence[1:]}." for sentence in sentences[at : at + SENTENCES_A_PARAGRAPH])
        for at in range(0, len(sentences), SENTENCES_A_PARAGRAPH)
    ]
    return "\n\n".join(paragraphs)[:length].rstrip()
