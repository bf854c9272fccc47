"""Themes and prompts, read from their files."""

from dataclasses import dataclass, field
from pathlib import Path

from prompts.library import files
from prompts.library.files import LIBRARY


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeText:
    """A theme. One at the `heart` has prompts for every age; an `opt_in` one is asked only of parents who chose it."""

    slug: str
    name: str
    line: str
    heart: bool = False
    opt_in: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptText:
    """A prompt. Its file's name is its `theme`; a path's or a set's own prompts name theirs, and are asked there only (not `daily`).

    One with `facets` is asked only of parents who switched one of them on. A follow-up names the prompt that it `follows`, and is
    asked some weeks after it only (not `daily`).
    """

    slug: str
    theme: str
    question: str
    depth: str
    if_stuck: list[str] = field(default_factory=list)
    tomorrow: str = ""
    ages: list[str] = field(default_factory=list)
    facets: list[str] = field(default_factory=list)
    tender: bool = False
    daily: bool = True
    follows: str = ""


@dataclass(frozen=True, slots=True)
class Library:
    themes: tuple[ThemeText, ...]
    prompts: tuple[PromptText, ...]

    @property
    def daily(self) -> tuple[PromptText, ...]:
        """The prompts asked night by night; the others belong to a path or a set, or follow another one."""
        return tuple(prompt for prompt in self.prompts if prompt.daily)


def read(language: str = "en", library: Path = LIBRARY) -> Library:
    """Every theme and prompt of a language in the order of the files, the own prompts of paths and sets and the follow-ups last. Raises `LibraryError`."""
    folder = library / language
    themes_file = folder / "themes.toml"
    themes = tuple(files.make(ThemeText, themes_file, values) for values in files.rows(themes_file, "theme"))
    prompts: list[PromptText] = []
    for theme in themes:
        path = folder / f"{theme.slug}.toml"
        if path.exists():
            prompts += [files.make(PromptText, path, values, theme=theme.slug, daily=True) for values in files.rows(path, "prompt")]
    theme_slugs = {theme.slug for theme in themes}
    for path in files.with_own_prompts(folder):
        prompts += [_own_prompt(path, values, theme_slugs) for values in files.tables(path, files.load(path), "prompt")]
    return Library(themes, tuple(prompts))


def _own_prompt(path: Path, values: dict[str, object], theme_slugs: set[str]) -> PromptText:
    if values.get("theme") not in theme_slugs:
        raise files.LibraryError(f"{path.name}: {values.get('slug', 'an entry')} has no known theme")
    return files.make(PromptText, path, values, daily=False)
