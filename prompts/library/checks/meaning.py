"""Groups of questions that mean much the same in different words.

`likeness` finds two questions that share their words. Here words of one meaning count as one: each word is reduced to a lemma, by the
hand-made list in synonyms.toml where it has one ("fight", "argued" and "row" are all *quarrel*), else roughly to its stem. A question
is a vector of its lemmas weighted by how rare they are (tf-idf; Salton & Buckley 1988), its length 1. A group are three or more
questions of which each is near every other. Two of one meaning may stay: one more is one too many. What a list cannot know, a reader
has to find: see docs/questions.md.
"""

import math
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import combinations
from pathlib import Path

from prompts.library.checks.likeness import SMALL_WORDS
from prompts.library.prompts import PromptText

SYNONYMS = Path(__file__).parent / "synonyms.toml"
# Words that carry little of a question's meaning, beside those that `likeness` leaves out.
LIGHT_WORDS = SMALL_WORDS | frozenset(
    """
    lately these ever never usually often always sometimes someone anyone nobody everyone anything nothing something everything
    else another without easily easy hard little much many few really real already enough whole first second ten minute minutes
    hour week month year years ago go going goes went put get got take took takes taken find found told thing things way ways
    people person two three moment now become became use used old around between good bad best own close today’s happy wrong
    baby babies teenager teen grown parent parents mother father family home feel felt know want wants wanted happens show showed phone call
    """.split()
)
MIN_COSINE = 0.34  # from here on two questions are near in meaning: chosen by reading the groups above and below it
MIN_SHARED = 2  # lemmas: of short questions, one rare word alone would make many alike
MOST = 2  # of one meaning


@cache
def _lemmas() -> dict[str, str]:
    """The lemma of each listed word, and of its stem."""
    groups = tomllib.loads(SYNONYMS.read_text(encoding="utf-8"))
    return {form: lemma for lemma, words in groups.items() for word in (lemma, *words.split()) for form in (word, _stem(word))}


def _stem(word: str) -> str:
    return re.sub(r"(?:ing|ed|es|s|e|y|ies)$", "", word) if len(word) > 4 else word


def lemmas(question: str) -> list[str]:
    """The lemmas of the words that carry a question's meaning, in order."""
    known = _lemmas()
    words = [re.sub(r"’(?:s|d|ve|re|ll)$", "", word) for word in re.findall(r"[^\W\d_]+(?:’[^\W\d_]+)?", question.lower())]
    return [known.get(word) or known.get(_stem(word)) or _stem(word) for word in words if word not in LIGHT_WORDS]


def _vectors(questions: Sequence[str]) -> list[dict[str, float]]:
    counts = [Counter(lemmas(question)) for question in questions]
    questions_with = Counter(lemma for count in counts for lemma in count)
    vectors = []
    for count in counts:
        vector = {lemma: number * math.log((1 + len(questions)) / questions_with[lemma]) for lemma, number in count.items()}
        length = math.hypot(*vector.values()) or 1
        vectors.append({lemma: weight / length for lemma, weight in vector.items()})
    return vectors


def near(questions: Sequence[str]) -> dict[int, dict[int, float]]:
    """For each question, by its index, the ones that are near it in meaning, and how near (cosine, from `MIN_COSINE` to 1)."""
    vectors = _vectors(questions)
    cosines: defaultdict[tuple[int, int], float] = defaultdict(float)
    holding: defaultdict[str, list[int]] = defaultdict(list)
    for index, vector in enumerate(vectors):
        for lemma, weight in vector.items():
            for earlier in holding[lemma]:
                cosines[earlier, index] += weight * vectors[earlier][lemma]
            holding[lemma].append(index)
    neighbors: dict[int, dict[int, float]] = {index: {} for index in range(len(questions))}
    for (one, other), cosine in cosines.items():
        if cosine >= MIN_COSINE and len(vectors[one].keys() & vectors[other].keys()) >= MIN_SHARED:
            neighbors[one][other] = neighbors[other][one] = cosine
    return neighbors


def groups(questions: Sequence[str]) -> Iterator[tuple[int, ...]]:
    """The largest groups of more than `MOST` questions (indexes, ascending) of which each is near every other."""
    neighbors = near(questions)
    found: list[set[int]] = []
    for index, others in neighbors.items():
        for pair in combinations(sorted(other for other in others if other > index), MOST):
            if pair[1] not in neighbors[pair[0]]:
                continue
            group = {index, *pair}
            group |= {other for other in others if all(other in neighbors[member] or other == member for member in group)}
            if not any(group <= known for known in found):
                found.append(group)
    yield from (tuple(sorted(group)) for group in found if not any(group < other for other in found))


def check(prompts: Sequence[PromptText]) -> list[str]:
    """One sentence for each group of more than two prompts of like meaning. Follow-ups are left out: they mean to come back."""
    asked = [prompt for prompt in prompts if not prompt.follows]
    found = groups([prompt.question for prompt in asked])
    return [f"of like meaning: {', '.join(asked[index].slug for index in group)}; at most {MOST} are wanted" for group in found]
