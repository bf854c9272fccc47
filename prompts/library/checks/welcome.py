"""The rules for Welcome and the first nights."""

from collections.abc import Iterable, Iterator

from accounts.models import Age
from prompts.library.checks.editorial import check_wording
from prompts.library.first_nights import NIGHTS, NO_AGE, FirstNights
from prompts.library.paths import PathText
from prompts.library.prompts import Library, PromptText
from prompts.library.welcome import Reason, Welcome
from prompts.models import Depth

REASONS = 5
MIN_IN_THEMES = 10  # prompts of each list that are asked of a parent who chose a reason
HINT_LIMIT = 90  # characters


def check(library: Library, paths: dict[str, PathText], first: FirstNights, welcome: Welcome) -> list[str]:
    """One sentence for each broken rule; empty where there is none."""
    return [
        *(f"first-nights: {problem}" for problem in _check_first_nights(library, first)),
        *(f"welcome: {problem}" for problem in _check_welcome(library, paths, first, welcome)),
    ]


def _check_first_nights(library: Library, first: FirstNights) -> Iterator[str]:
    expected = {NO_AGE, *Age.values}
    if first.lists.keys() != expected:
        yield f"a list is wanted for each of {', '.join(sorted(expected))}, and for nothing else"
    by_slug = {prompt.slug: prompt for prompt in library.daily}
    if unknown := set(first.themes) - {theme.slug for theme in library.themes if not theme.opt_in}:
        yield f"there is no theme {', '.join(sorted(unknown))} that is open to everybody"
    for age, slugs in first.lists.items():
        if len(slugs) != NIGHTS or len(set(slugs)) != len(slugs):
            yield f"{age}: {NIGHTS} prompts are wanted, each once"
        for slug in slugs:
            if slug not in by_slug:
                yield f"{age}: {slug} is not a prompt that is asked night by night"
            else:
                yield from (f"{age}: {slug} {problem}" for problem in _check_prompt(by_slug[slug], age, first))
    for night, hint in first.hints.items():
        if not 1 <= night <= NIGHTS or len(hint) > HINT_LIMIT:
            yield f"a hint has a night from 1 to {NIGHTS} and at most {HINT_LIMIT} characters: {night}"
    yield from _check_texts(first.hints.values())


def _check_prompt(prompt: PromptText, age: str, first: FirstNights) -> Iterator[str]:
    if prompt.depth != Depth.LIGHT or prompt.tender:
        yield "is not light, or is tender"
    if prompt.ages and age not in prompt.ages:
        yield "is not for this age"
    if prompt.theme not in first.themes:
        yield f"is of the theme {prompt.theme}, which is not one of the first nights"


def _check_welcome(library: Library, paths: dict[str, PathText], first: FirstNights, welcome: Welcome) -> Iterator[str]:
    if len({reason.slug for reason in welcome.reasons}) != REASONS or len(welcome.reasons) != REASONS:
        yield f"{REASONS} answers are wanted, each with a slug of its own"
    themes = {theme.slug: theme for theme in library.themes}
    for reason in welcome.reasons:
        if bool(reason.themes) == bool(reason.path):
            yield f"{reason.slug} leads either to themes or to a path"
        for slug in reason.themes:
            if slug not in themes or themes[slug].opt_in:
                yield f"{reason.slug}: there is no theme {slug} that is open to everybody"
        path = paths.get(reason.path)
        if reason.path and (path is None or path.opt_in or path.caution):
            yield f"{reason.slug}: there is no path {reason.path} that is open to everybody and needs no caution"
        yield from _check_reach(library, first, reason)
    yield from _check_texts([welcome.introduction, welcome.ages, welcome.asks, *(reason.says for reason in welcome.reasons)])


def _check_reach(library: Library, first: FirstNights, reason: Reason) -> Iterator[str]:
    """A parent who chose themes by their answer is asked nearly all of their list, and its first question in any case."""
    theme_of = {prompt.slug: prompt.theme for prompt in library.prompts}
    for age, slugs in first.lists.items() if reason.themes else ():
        asked = [slug for slug in slugs if theme_of.get(slug) in reason.themes]
        if len(asked) < MIN_IN_THEMES or asked[0] != slugs[0]:
            yield f"{reason.slug}: of the list {age}, {len(asked)} are of its themes; {MIN_IN_THEMES} and the first are wanted"


def _check_texts(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        for problem in check_wording(text):
            yield f"{problem}: {text[:40]}"
