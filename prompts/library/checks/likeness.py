"""How alike two questions are.

Two measures, since each is blind where the other sees. *Words*: the stems that carry meaning, as sets (Jaccard's index
tells questions of one length apart; the overlap coefficient finds a short one within a long). *Letters*: the cosine
between vectors of character four-grams weighted by how rare they are (tf-idf; Salton & Buckley 1988), which sees
through endings, compounds and word order, and knows that "what did you" says nothing.
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
JACCARD = 0.5
OVERLAP = 0.6
LETTERS = 4
COSINE = 0.45  # of letters: pairs below it share a phrase, pairs from it on a question; the library as it is stays under 0.4


def content_words(question: str) -> frozenset[str]:
    """The words that say what a question is about, crudely stemmed."""
    words = re.findall(r"[^\W\d_]+(?:’[^\W\d_]+)?", question.lower())
    return frozenset(re.sub(r"(ing|ed|es|s|’s)$", "", word) if len(word) > 4 else word for word in words if word not in SMALL_WORDS)


def _grams(question: str) -> Counter[str]:
    text = f" {' '.join(re.findall(r'\w+', question.lower()))} "
    return Counter(text[i : i + LETTERS] for i in range(len(text) - LETTERS + 1))


def _vectors(questions: Sequence[str]) -> list[dict[str, float]]:
    """One vector of length 1 each."""
    counts = [_grams(question) for question in questions]
    seen_in = Counter(gram for count in counts for gram in count)
    vectors = []
    for count in counts:
        vector = {gram: n * (1 + math.log(len(questions) / seen_in[gram])) for gram, n in count.items()}
        length = math.hypot(*vector.values()) or 1
        vectors.append({gram: weight / length for gram, weight in vector.items()})
    return vectors


def _share_words(words: frozenset[str], others: frozenset[str]) -> bool:
    shared = len(words & others)
    if shared < 2:
        return False
    return shared / len(words | others) >= JACCARD or (shared >= 3 and shared / min(len(words), len(others)) >= OVERLAP)


def nearly_alike(questions: Sequence[str]) -> Iterator[tuple[int, int, float]]:
    """The pairs that ask the same thing in other words, by their places, with their likeness in letters (0 to 1)."""
    words = [content_words(question) for question in questions]
    vectors = _vectors(questions)
    for one, other in combinations(range(len(questions)), 2):
        small, large = sorted((vectors[one], vectors[other]), key=len)
        cosine = sum(weight * large[gram] for gram, weight in small.items() if gram in large)
        if cosine >= COSINE or _share_words(words[one], words[other]):
            yield one, other, cosine
