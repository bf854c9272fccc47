"""The rules for the weekly letters."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from prompts.library.checks.editorial import check_wording
from prompts.library.checks.likeness import MIN_COSINE, nearly_alike
from prompts.library.letters import Letter
from prompts.library.prompts import PromptText
from prompts.library.translations import PromptTranslation

LETTERS = 52  # a year of weeks
MIN_WORDS, MAX_WORDS = 60, 110  # of a letter's text
MIN_TITLE, MAX_TITLE = 3, 40  # characters
MIN_QUESTION, MAX_QUESTION = 20, 140  # characters
RUN = 6  # words in a row that no letter has in common with another one, or with a prompt
# Raised voices, blame, counting and pictures; `check_wording` knows what no English text of the library holds.
FORBIDDEN = re.compile(
    r"[!¡]|\b(?:streaks?|scores?|guilty?|blame|rachas?|puntos|puntuación|culpa|culpables?|debes|deberías|tienes que ser)\b"
    r"|[\u2600-\u27bf\ufe0f\U0001f000-\U0001faff]",
    re.IGNORECASE,
)
CHILD = re.compile(r"\b(?:una?|tu) hij[ao] o (?:a )?(?:una?|tu) hij[ao]\b")  # Spanish for a word of English: no run of its own


def check(letters: Sequence[Letter], prompts: Mapping[str, PromptText | PromptTranslation], language: str = "en") -> list[str]:
    """One sentence for each rule that the letters of a language break; empty where there is none.

    `prompts` are all of the library's in that language, by slug: no letter asks or says again what one of them does.
    """
    problems = [*_check_each(letters, language), *_check_questions(letters, prompts, language), *_check_runs(letters, prompts)]
    return [f"{language}/letters: {problem}" for problem in problems]


def _check_each(letters: Sequence[Letter], language: str) -> Iterator[str]:
    if len(letters) != LETTERS:
        yield f"there are {len(letters)}; {LETTERS} are wanted"
    for title, count in Counter(letter.title.casefold() for letter in letters).items():
        if count > 1:
            yield f"{count} have the title {title!r}"
    for letter in letters:
        if letter.language != language:
            yield f"{letter.number} is not translated"
        yield from (f"{letter.number}: {problem}" for problem in _check_letter(letter))


def _check_letter(letter: Letter) -> Iterator[str]:
    words = sum(len(paragraph.split()) for paragraph in letter.paragraphs)
    if not MIN_WORDS <= words <= MAX_WORDS:
        yield f"has {words} words; {MIN_WORDS} to {MAX_WORDS} are wanted"
    if not MIN_TITLE <= len(letter.title) <= MAX_TITLE or letter.title.endswith("."):
        yield f"the title has {MIN_TITLE} to {MAX_TITLE} characters and no full stop"
    question = letter.question
    if not MIN_QUESTION <= len(question) <= MAX_QUESTION or question.count("?") != 1 or not question.endswith("?"):
        yield f"the question has {MIN_QUESTION} to {MAX_QUESTION} characters, asks one thing and ends with its question mark"
    for text in (letter.title, *letter.paragraphs, question):
        yield from check_wording(text)
        if match := FORBIDDEN.search(text):
            yield f"holds {match.group()!r}, which the rules for letters keep out"


def _check_questions(letters: Sequence[Letter], prompts: Mapping[str, PromptText | PromptTranslation], language: str) -> Iterator[str]:
    names = [*(str(letter.number) for letter in letters), *prompts]
    questions = [*(letter.question for letter in letters), *(prompt.question for prompt in prompts.values())]
    for one, other, likeness in nearly_alike(questions, first=len(letters)):
        # The small words that `nearly_alike` passes over are English: elsewhere only the letters of a question tell.
        if language == "en" or likeness >= MIN_COSINE:
            yield f"{names[one]} and {names[other]} ask nearly the same ({likeness:.2f}): {questions[one]} / {questions[other]}"


def _check_runs(letters: Sequence[Letter], prompts: Mapping[str, PromptText | PromptTranslation]) -> Iterator[str]:
    runs = {str(letter.number): _runs(*letter.paragraphs, letter.question) for letter in letters}
    of_prompts = {slug: _runs(prompt.question, *prompt.if_stuck, prompt.tomorrow) for slug, prompt in prompts.items()}
    pairs = [*combinations(runs.items(), 2), *((letter, prompt) for letter in runs.items() for prompt in of_prompts.items())]
    for (one, its_runs), (other, others_runs) in pairs:
        if shared := its_runs & others_runs:
            yield f"{one} and {other} both say “{min(shared)}”"


def _runs(*texts: str) -> set[str]:
    """Every run of `RUN` words in each text, in small letters and without punctuation."""
    found: set[str] = set()
    for text in texts:
        words = re.findall(r"\w+(?:’\w+)?", CHILD.sub("hijos", text.lower()))
        found.update(" ".join(words[start : start + RUN]) for start in range(len(words) - RUN + 1))
    return found
