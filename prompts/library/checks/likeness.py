"""How alike two questions are.

Two measures, since each finds what the other misses. *Words*: the stems that carry meaning, as sets (Jaccard's index
compares questions of similar length; the overlap coefficient finds a short one within a long one). *Letters*: the cosine
between vectors of character four-grams weighted by how rare they are (tf-idf; Salton & Buckley 1988), which is robust
against endings, compounds and word order, and gives a frequent phrase like "what did you" little weight.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations

SMALL_WORDS = frozenset(
    """
    a about after again all an and any are as at be been before but by can could did do does doing done down each ever for
    from get had has have he her him his how i if in into is it it’s its just like made make me more most much my no not now
    of off on once one or other our out over own she so some still than that the their them then there they they’re thing
    this those to today tonight too up us very was we were what what’s when where which while who whose why will with would
    you you’d your child children day last time tell say said something small part
    """.split()
)
MIN_JACCARD = 0.5
MIN_JACCARD_OF_TWO = 0.6  # where only two words are shared: plain questions have few words that carry meaning
MIN_OVERLAP = 0.6
GRAM_LENGTH = 4  # characters
MIN_COSINE = 0.5  # pairs below it share a turn of phrase ("How do you feel when …"), pairs from it on ask the same


def content_words(question: str) -> frozenset[str]:
    """The words that carry a question's meaning, roughly stemmed."""
    words = re.findall(r"[^\W\d_]+(?:’[^\W\d_]+)?", question.lower())
    return frozenset(re.sub(r"(ing|ed|es|s|’s)$", "", word) if len(word) > 4 else word for word in words if word not in SMALL_WORDS)


def _grams(question: str) -> Counter[str]:
    text = f" {' '.join(re.findall(r'\w+', question.lower()))} "
    return Counter(text[i : i + GRAM_LENGTH] for i in range(len(text) - GRAM_LENGTH + 1))


def _vectors(questions: Sequence[str]) -> list[dict[str, float]]:
    """A vector of length 1 for each question: four-gram to weight."""
    counts = [_grams(question) for question in questions]
    questions_with = Counter(gram for count in counts for gram in count)
    vectors = []
    for count in counts:
        vector = {gram: number * (1 + math.log(len(questions) / questions_with[gram])) for gram, number in count.items()}
        length = math.hypot(*vector.values()) or 1
        vectors.append({gram: weight / length for gram, weight in vector.items()})
    return vectors


def _have_same_words(words: frozenset[str], others: frozenset[str]) -> bool:
    shared = len(words & others)
    if shared < 2:
        return False
    return shared / len(words | others) >= (MIN_JACCARD if shared > 2 else MIN_JACCARD_OF_TWO) or (
        shared >= 3 and shared / min(len(words), len(others)) >= MIN_OVERLAP
    )


def nearly_alike(questions: Sequence[str], first: int | None = None) -> Iterator[tuple[int, int, float]]:
    """The pairs of questions that ask nearly the same: their indexes, the smaller first, and their cosine (0 to 1).

    With `first`, only the pairs that have one of so many at the head: a few new questions against many old ones.
    """
    words = [content_words(question) for question in questions]
    vectors = _vectors(questions)
    for one, other in combinations(range(len(questions)), 2):
        if first is not None and one >= first:
            return  # pairs come in the order of the one at the head
        small, large = sorted((vectors[one], vectors[other]), key=len)
        cosine = sum(weight * large[gram] for gram, weight in small.items() if gram in large)
        if cosine >= MIN_COSINE or _have_same_words(words[one], words[other]):
            yield one, other, cosine
