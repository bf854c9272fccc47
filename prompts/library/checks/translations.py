"""How much of the library is translated, and where a translation does not match the English files."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from prompts.library import first_nights, guides, letters, paths, quiz, sets, topics, welcome
from prompts.library.checks.sets import FOR_WHOM_LIMIT
from prompts.library.checks.situations import check_lengths
from prompts.library.files import LIBRARY, LibraryError
from prompts.library.prompts import read as read_english
from prompts.library.translations import read


@dataclass(frozen=True, slots=True)
class Coverage:
    """One part of the library: `translated` of `of` items."""

    part: str
    translated: int
    total: int


def coverage(language: str, library: Path = LIBRARY) -> list[Coverage]:
    """What is translated of the themes, each theme's, path's and set's prompts, the guides, the quiz and what else there is. Raises `LibraryError`."""
    english, translation = read_english(library=library), read(language, library)
    report = [Coverage("themes", sum(theme.slug in translation.themes for theme in english.themes), len(english.themes))]
    for theme in english.themes:
        slugs = [prompt.slug for prompt in english.daily if prompt.theme == theme.slug]
        report.append(Coverage(theme.slug, sum(slug in translation.prompts for slug in slugs), len(slugs)))
    for kind, several in (("path", paths.read(language, library)), ("set", sets.read(language, library))):
        for slug, one in several.items():
            count = sum(prompt in translation.prompts for prompt in one.prompts) if one.language == language else 0
            report.append(Coverage(f"{kind} {slug}", count, len(one.prompts)))
    all_guides = guides.read(language, library).values()
    report.append(Coverage("guides", sum(guide.language == language for guide in all_guides), len(all_guides)))
    report.append(Coverage("quiz", int(quiz.read(language, library).language == language), 1))
    report.append(Coverage("welcome", int(welcome.read(language, library).language == language), 1))
    report.append(Coverage("first nights", int(first_nights.read(language, library).language == language), 1))
    all_topics = topics.read(language, library).values()
    report.append(Coverage("help", sum(topic.language == language for topic in all_topics), len(all_topics)))
    all_letters = letters.read(language, library)
    report.append(Coverage("letters", sum(letter.language == language for letter in all_letters), len(all_letters)))
    return report


def check(language: str, library: Path = LIBRARY) -> Iterator[str]:
    """One sentence for each place where a translation does not match the English library. Raises `LibraryError`."""
    english = {prompt.slug: prompt for prompt in read_english(library=library).prompts}
    translation = read(language, library)
    for slug, prompt in translation.prompts.items():
        if (original := english.get(slug)) is None:
            yield f"{language}/{slug}: there is no such prompt in English"
            continue
        if not 15 <= len(prompt.question) < 180 or prompt.question.count("?") != 1 or not prompt.question.endswith("?"):
            yield f"{language}/{slug}: the question has 15 to 179 characters, asks one thing and ends with its question mark"
        if len(prompt.if_stuck) != len(original.if_stuck) or bool(prompt.tomorrow) != bool(original.tomorrow):
            yield f"{language}/{slug}: has other fields than the English one"
        for text in (prompt.question, *prompt.if_stuck, prompt.tomorrow):
            if "!" in text or text != text.strip() or "  " in text or "'" in text or '"' in text:
                yield f"{language}/{slug}: stray space, straight quotation mark or exclamation mark"
    for slug in translation.themes.keys() - {theme.slug for theme in read_english(library=library).themes}:
        yield f"{language}/themes: there is no theme {slug} in English"
    yield from _check_sets(language, library)


def _shape(path: paths.PathText) -> object:
    """Everything of a path but its texts, to compare."""
    parts = [[bool(part.line), *_steps(part.steps)] for part in path.parts]
    before = [bool(text) for text in (path.for_whom, path.not_for_whom, path.caution, path.another_way)]
    return parts, before, path.instead, path.opt_in


def _steps(steps: tuple[paths.StepText, ...]) -> list[tuple[str, bool]]:
    return [(step.prompt, bool(step.note)) for step in steps]


def _check_sets(language: str, library: Path) -> Iterator[str]:
    original = paths.read(library=library)
    for slug, path in paths.read(language, library).items():
        if _shape(path) != _shape(original[slug]):
            yield f"{language}/paths/{slug}: its parts, steps, notes or what is said before them are not those of the English one"
        if max(len(path.for_whom), len(path.not_for_whom)) > FOR_WHOM_LIMIT:
            yield f"{language}/paths/{slug}: for whom it is and for whom not have at most {FOR_WHOM_LIMIT} characters each"
    for slug, one in sets.read(language, library).items():
        if _steps(one.steps) != _steps(sets.read(library=library)[slug].steps):
            yield f"{language}/sets/{slug}: its steps or notes are not those of the English one"
        yield from (f"{language}/sets/{slug}: {problem}" for problem in check_lengths(one) if one.language == language)
    for slug, guide in guides.read(language, library).items():
        if len(guide.parts) != len(guides.read(library=library)[slug].parts):
            yield f"{language}/guides/{slug}: its questions are not those of the English one"
    for part in (quiz, welcome, first_nights, letters):
        try:
            part.read(language, library)
        except LibraryError as error:
            yield f"{language}/{error}"
