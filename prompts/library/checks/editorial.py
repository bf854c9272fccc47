"""The editorial rules that a program can check: see docs/questions.md."""

import re
from collections import Counter
from collections.abc import Iterator

from accounts.models import Age
from prompts.library.checks.likeness import nearly_alike
from prompts.library.prompts import Library, PromptText
from prompts.models import Depth, Facet

# Prompts that each theme has at least, of those asked night by night.
MIN_PROMPTS = {
    "repair": 75,
    "presence": 75,
    "letting-go": 75,
    "listening": 40,
    "calm": 30,
    "self-compassion": 40,
    "my-own-parents": 30,
    "gratitude": 35,
    "asking-for-help": 15,
    "grace": 15,
}
MIN_PER_AGE = 8  # prompts that a theme at the heart has at least for each age
# The addresses of other pages beside those of prompts.
RESERVED_SLUGS = frozenset(
    {"choices", "marked", "kept-first", "own", "where-to-start", "paths", "hard-nights", "sets", "assignments", "given"}
)
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# Scolding, homework, diagnosis and jargon: see docs/questions.md.
FORBIDDEN = re.compile(
    r"!|\b(should|shouldn.t|must|ought|always|never fail|list (?:two|three|four|five|ten|\d+)|good (?:parent|mother|father|mom|dad)|"
    r"better (?:parent|mother|father)|best (?:parent|mother|father)|failure|trauma\w*|trigger\w*|narcissis\w*|toxic|"
    r"attachment|boundar(?:y|ies)|codependen\w*|inner child|self-care|mindful\w*|diagnos\w*|disorder|dysfunction\w*|"
    r"husband|wife|spouse|your partner|gave birth)\b",
    re.IGNORECASE,
)


def check(library: Library) -> list[str]:
    """One sentence for each broken rule about themes and prompts; empty where there is none."""
    return [
        *_check_themes(library),
        *(problem for prompt in library.prompts for problem in _check_prompt(prompt)),
        *_check_across_prompts(library),
        *_check_follow_ups(library),
    ]


def check_spread(library: Library) -> list[str]:
    """One sentence for each promise that the whole library breaks about how many prompts it has for each theme, age and depth."""
    return [*_check_counts(library), *_check_depths(library)]


def _check_counts(library: Library) -> Iterator[str]:
    for_all = [prompt for prompt in library.daily if not prompt.facets]
    counts = Counter(prompt.theme for prompt in for_all)
    for slug, least in MIN_PROMPTS.items():
        if counts[slug] < least:
            yield f"theme {slug} has {counts[slug]} prompts; at least {least} are wanted"
    for theme in library.themes:
        for age in Age.values if theme.heart else ():
            count = sum(prompt.theme == theme.slug and age in prompt.ages for prompt in for_all)
            if count < MIN_PER_AGE:
                yield f"theme {theme.slug} has {count} prompts for the age {age}; at least {MIN_PER_AGE} are wanted"


def _check_depths(library: Library) -> Iterator[str]:
    light = sum(prompt.depth == Depth.LIGHT for prompt in library.daily)
    if 3 * light < len(library.daily):
        yield f"{light} of {len(library.daily)} prompts are light; at least a third are wanted"


def _check_follow_ups(library: Library) -> Iterator[str]:
    """A follow-up comes back to a question that is asked night by night, and to the same parents."""
    daily = {prompt.slug: prompt for prompt in library.daily}
    follow_ups = [prompt for prompt in library.prompts if prompt.follows]
    for prompt in follow_ups:
        first = daily.get(prompt.follows)
        if first is None:
            yield f"{prompt.theme}/{prompt.slug}: follows {prompt.follows}, which is not asked night by night"
        elif (prompt.theme, set(prompt.ages), set(prompt.facets)) != (first.theme, set(first.ages), set(first.facets)):
            yield f"{prompt.theme}/{prompt.slug}: is of another theme, or for other ages or facets, than the one that it follows"
        elif first.tender and not prompt.tender:
            yield f"{prompt.theme}/{prompt.slug}: follows a tender question and is not tender"
        if prompt.depth == Depth.DEEP:
            yield f"{prompt.theme}/{prompt.slug}: a follow-up is not deep, since it comes on any night"
    for slug, count in Counter(prompt.follows for prompt in follow_ups).items():
        if count > 1:
            yield f"{slug} is followed by {count} prompts"


def _check_themes(library: Library) -> Iterator[str]:
    counts = Counter(prompt.theme for prompt in library.prompts)
    for theme in library.themes:
        if not counts[theme.slug]:
            yield f"theme {theme.slug} has no prompts"
        if not theme.line.endswith(".") or len(theme.line) > 120:
            yield f"theme {theme.slug}: its line is one sentence of at most 120 characters"


def _check_prompt(prompt: PromptText) -> Iterator[str]:
    for problem in (*_check_fields(prompt), *_check_texts(prompt)):
        yield f"{prompt.theme}/{prompt.slug}: {problem}"


def _check_fields(prompt: PromptText) -> Iterator[str]:
    if not SLUG.fullmatch(prompt.slug) or not 3 <= len(prompt.slug) <= 50:
        yield "the slug has 3 to 50 small letters, digits and single hyphens"
    if prompt.slug in RESERVED_SLUGS:
        yield "another page has the address of this slug"
    if not 20 <= len(prompt.question) < 180:
        yield f"the question has {len(prompt.question)} characters; 20 to 179 are wanted"
    if prompt.question.count("?") != 1 or not prompt.question.endswith("?"):
        yield "the question asks one thing and ends with its question mark"
    if prompt.depth not in Depth.values:
        yield f"depth {prompt.depth!r} is not one of {', '.join(Depth.values)}"
    if unknown := set(prompt.ages) - set(Age.values):
        yield f"unknown ages: {', '.join(sorted(unknown))}"
    if unknown := set(prompt.facets) - set(Facet.values):
        yield f"unknown facets: {', '.join(sorted(unknown))}"
    if len(prompt.if_stuck) > 2 or any(not 5 <= len(text) < 140 for text in prompt.if_stuck):
        yield "at most two ways in, each of 5 to 139 characters"
    if len(prompt.tomorrow) >= 160:
        yield "what to try tomorrow has at most 159 characters"


def _check_texts(prompt: PromptText) -> Iterator[str]:
    for text in (prompt.question, *prompt.if_stuck, prompt.tomorrow):
        yield from check_wording(text)


def check_wording(text: str) -> Iterator[str]:
    """What is wrong with a text of the library: its punctuation, or an expression that the rules forbid."""
    if text != text.strip() or "  " in text or "'" in text or '"' in text:
        yield "stray space or straight quotation marks"
    if match := FORBIDDEN.search(text):
        yield f"holds {match.group()!r}, which the editorial rules keep out"


def _check_across_prompts(library: Library) -> Iterator[str]:
    for slug, count in Counter(prompt.slug for prompt in library.prompts).items():
        if count > 1:
            yield f"{slug}: {count} prompts have this slug"
    if 2 * sum(bool(prompt.if_stuck) for prompt in library.prompts) < len(library.prompts):
        yield "fewer than half of the prompts have a way in"
    for one, other, likeness in nearly_alike([prompt.question for prompt in library.prompts]):
        first, second = library.prompts[one], library.prompts[other]
        yield f"{first.slug} and {second.slug} are nearly alike ({likeness:.2f}): {first.question} / {second.question}"
