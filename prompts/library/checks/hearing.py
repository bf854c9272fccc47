"""Whether questions are understood at first hearing: figures over the library, and the limit of each.

They count what a program can see: how a question opens, whether a clause stands in front of it, whether it asks two things, its
length and reading level, and whether a hint is a way in or a list of nouns. A reader decides about the rest: see docs/questions.md.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from prompts.library.prompts import PromptText

LONGEST = 24  # words that a question has at most
WORD = re.compile(r"[^\W\d_]+(?:[’-][^\W\d_]+)*")
INTERROGATIVES = "what|which|who|whom|whose|where|when|why|how"
AUXILIARIES = (
    "do|does|did|is|are|was|were|has|have|had|can|could|will|would|may|might|shall|isn’t|aren’t|wasn’t|weren’t|don’t|doesn’t|didn’t|"
    "haven’t|hasn’t|hadn’t|can’t|couldn’t|won’t|wouldn’t"
)
# "When did they …" asks; "When they come home, …" sets a scene.
ASKS_AT_ONCE = re.compile(rf"(?:{INTERROGATIVES}|{AUXILIARIES})\b", re.IGNORECASE)
CONJUNCTION_ALONE = re.compile(rf"(?:when|where)\s+(?!(?:{AUXILIARIES}|else)\b)", re.IGNORECASE)
SUBJECTS = "you|your|they|their|it|its|he|she|we|someone|anyone|anything|something|the|there|that|this"
SECOND_QUESTION = re.compile(
    rf"(?:,|;|:|—)?\s(?:and|or|but)(?: then)?,? (?:(?:{INTERROGATIVES})|(?:{AUXILIARIES}) (?:{SUBJECTS}))\b", re.IGNORECASE
)
# What makes a hint a sentence: a helping verb, a subject, or that it begins as a request.
SENTENCE = re.compile(
    rf"\b(?:{AUXILIARIES}|it’s|that’s|there’s|you’re|they’re|you|they|it|he|she|we|counts?)\b|"
    r"(?:^|[.;:] )(?:begin|start|name|write|think|take|try|look|go|pick|choose|say|tell|imagine|remember|leave|let|put|keep|use|make|"
    r"give|ask|be)\b",
    re.IGNORECASE,
)


def words(text: str) -> list[str]:
    return WORD.findall(text)


def opens_with(question: str, word: str) -> bool:
    """Whether the question's first word is this one."""
    return question.lower().startswith((f"{word} ", f"{word}’"))


def has_clause_in_front(question: str) -> bool:
    """Whether something is said before the question is asked: "On the way home, what …", "Your child’s door: how …"."""
    if not re.search(r"[,:;—.]\s", question):
        return False
    return not ASKS_AT_ONCE.match(question) or bool(CONJUNCTION_ALONE.match(question))


def asks_two_things(question: str) -> bool:
    """Whether a second question is joined to the first: "…, and what did you …"."""
    return bool(SECOND_QUESTION.search(question))


def is_noun_list(hint: str) -> bool:
    """Whether a hint only lists things: "A look, a sigh, the slam of a door." A smaller question or half a sentence (…) is a way in."""
    return "?" not in hint and "…" not in hint and not SENTENCE.search(hint)


def syllables(word: str) -> int:
    """About how many syllables an English word has: its groups of vowels, without a silent e at the end."""
    lower = word.lower().replace("’", "")
    groups = len(re.findall(r"[aeiouy]+", lower))
    is_silent = (lower.endswith("e") and not lower.endswith(("le", "ee", "ie"))) or bool(re.search(r"[^aeiouytd]ed$", lower))
    return max(1, groups - is_silent)


def flesch_kincaid(texts: Sequence[str]) -> float:
    """The school grade for which the texts are written, each one sentence (Kincaid et al. 1975). A 12-year-old is in grade 7 at most."""
    all_words = [word for text in texts for word in words(text)]
    return 0.39 * len(all_words) / len(texts) + 11.8 * sum(map(syllables, all_words)) / len(all_words) - 15.59


def coleman_liau(texts: Sequence[str]) -> float:
    """The same from letters instead of syllables (Coleman & Liau 1975)."""
    all_words = [word for text in texts for word in words(text)]
    letters = sum(len(re.sub(r"\W", "", word)) for word in all_words)
    return 5.88 * letters / len(all_words) - 29.6 * len(texts) / len(all_words) - 15.8


def _share(test: Callable[[str], bool], texts: Sequence[str]) -> float:
    return 100 * sum(map(test, texts)) / len(texts) if texts else 0


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure over a group of prompts, and the most it may be over the whole library."""

    name: str
    value: float
    limit: float

    @property
    def is_kept(self) -> bool:
        return self.value <= self.limit


def figures(prompts: Sequence[PromptText]) -> list[Figure]:
    """The figures over these prompts, in the order in which they are printed. Shares are in percent."""
    questions = [prompt.question for prompt in prompts]
    hints = [hint for prompt in prompts for hint in prompt.if_stuck]
    return [
        Figure("which", _share(lambda question: opens_with(question, "which"), questions), 8),
        Figure("what", _share(lambda question: opens_with(question, "what"), questions), 30),
        Figure("in front", _share(has_clause_in_front, questions), 15),
        Figure("two", _share(asks_two_things, questions), 3),
        Figure("lists", _share(is_noun_list, hints), 5),
        Figure("words", median(len(words(question)) for question in questions), 14),
        Figure("flesch", flesch_kincaid(questions), 7),
        Figure("coleman", coleman_liau(questions), 7),
    ]


def check(prompts: Sequence[PromptText]) -> list[str]:
    """One sentence for each figure over the whole library that is beyond its limit, and for each question that is too long."""
    return [
        *(
            f"{figure.name}: {figure.value:.1f} over the library; at most {figure.limit:g}"
            for figure in figures(prompts)
            if not figure.is_kept
        ),
        *(f"{prompt.theme}/{prompt.slug}: more than {LONGEST} words" for prompt in prompts if len(words(prompt.question)) > LONGEST),
    ]
