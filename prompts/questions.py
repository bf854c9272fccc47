"""Questions as pages show them: the library's in the visitor's language, a parent's own, and those assigned by a counselor."""

import time
import uuid
from dataclasses import dataclass, replace

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from common.ids import parse_id
from prompts.library import translations
from prompts.models import AssignedStep, Depth, OwnQuestion, Prompt, Theme

OWN = "own"  # the theme of a parent's own questions
STEP_PREFIX = "step-"  # before the id of an assigned step, in the slug of its question


@dataclass(frozen=True, slots=True)
class Question:
    """A prompt of the library, a parent's own question, or a step that a counselor assigned.

    `slug` identifies it on pages and for `find`: the prompt's slug, the own question's id, or `STEP_PREFIX` and the step's id.
    `language` is the code of its text's language; "" where that is not known.
    """

    slug: str
    theme: str
    theme_name: str
    opt_in: bool
    text: str
    if_stuck: tuple[str, ...]
    tomorrow: str
    depth: str
    ages: frozenset[str]
    tender: bool
    retired: bool = False
    daily: bool = True
    own: bool = False
    language: str = "en"
    facets: frozenset[str] = frozenset()
    follows: str = ""  # the slug of the prompt that it comes back to
    step: uuid.UUID | None = None
    step_prompt: str | None = None  # the prompt that an assigned step asks; None where it asks the counselor's own question

    @property
    def prompt(self) -> str | None:
        """The slug of the prompt that it asks; None for a question that somebody wrote."""
        return self.step_prompt if self.step else None if self.own else self.slug

    @property
    def own_id(self) -> uuid.UUID | None:
        """The id of the parent's own question; None for any other."""
        return parse_id(self.slug) if self.own and not self.step else None

    @property
    def is_deep(self) -> bool:
        return self.depth == Depth.DEEP

    @property
    def comes_back_to(self) -> "Question | None":
        """The question that it follows, in the visitor's language; None where it follows none."""
        return prompt(self.follows)


def slug_of(*, prompt: str | None, own: uuid.UUID | None, step: uuid.UUID | None) -> str | None:
    """The slug of a question, from the three columns that store it; None where all are empty."""
    return f"{STEP_PREFIX}{step}" if step else str(own) if own else prompt


def step_of(slug: str | None) -> uuid.UUID | None:
    """The id of the assigned step whose question has this slug; None for any other question."""
    return parse_id(slug.removeprefix(STEP_PREFIX)) if slug and slug.startswith(STEP_PREFIX) else None


# --- The library's rows in the database, cached by each process for a minute.

_CACHE_SECONDS = 60
_cache: tuple[float, dict[str, Question]] | None = None


def _library() -> dict[str, Question]:
    global _cache
    now = time.monotonic()
    if _cache is None or now - _cache[0] > _CACHE_SECONDS:
        prompts = Prompt.objects.select_related("theme").order_by("slug")
        _cache = (now, {prompt.slug: _from_prompt(prompt) for prompt in prompts})
    return _cache[1]


def library() -> tuple[Question, ...]:
    """Every prompt in English, retired ones too, ordered by slug. A change in the database shows within a minute."""
    return tuple(_library().values())


def forget_library() -> None:
    """Empty this process's cache, so that a change of the library shows at once."""
    global _cache
    _cache = None


def _from_prompt(prompt: Prompt) -> Question:
    return Question(
        slug=prompt.slug,
        theme=prompt.theme_id,
        theme_name=prompt.theme.name,
        opt_in=prompt.theme.opt_in,
        text=prompt.question,
        if_stuck=tuple(prompt.if_stuck),
        tomorrow=prompt.tomorrow,
        depth=prompt.depth,
        ages=frozenset(prompt.ages),
        tender=prompt.tender,
        retired=prompt.retired,
        daily=prompt.daily,
        facets=frozenset(prompt.facets),
        follows=prompt.follows,
    )


def prompt(slug: str | None) -> Question | None:
    """The library's prompt with this slug, retired or not, in the visitor's language; None where there is none."""
    question = _library().get(slug) if slug else None
    return translated(question) if question else None


# --- In the visitor's language.


def reading_language() -> str:
    """The code of the visitor's language, without a region: "es", not "es-mx"."""
    return (get_language() or translations.ENGLISH).partition("-")[0]


def translated(question: Question) -> Question:
    """The question in the visitor's language. What is not translated stays in English, an own question as it was written."""
    language = reading_language()
    if question.own or language == translations.ENGLISH:
        return question
    translation = translations.read(language)
    if theme := translation.themes.get(question.theme):
        question = replace(question, theme_name=theme.name)
    if texts := translation.prompts.get(question.slug):
        question = replace(question, text=texts.question, if_stuck=texts.if_stuck, tomorrow=texts.tomorrow, language=language)
    return question


def translated_theme(theme: Theme) -> tuple[str, str]:
    """A theme's name and line in the visitor's language."""
    texts = translations.read(reading_language()).themes.get(theme.slug) or theme
    return texts.name, texts.line


# --- Written by parents and counselors.


def from_text(text: str, slug: str = "") -> Question:
    """A question that a parent or counselor wrote, of which only the text is known."""
    return Question(
        slug=slug,
        theme=OWN,
        theme_name=_("My own question"),
        opt_in=False,
        text=text,
        if_stuck=(),
        tomorrow="",
        depth=Depth.STEADY,
        ages=frozenset(),
        tender=False,
        own=True,
        language="",
    )


def of_own(row: OwnQuestion) -> Question:
    return from_text(row.content.question, str(row.pk))


def own(author: User) -> list[Question]:
    """The parent's own questions, the latest first."""
    return [of_own(row) for row in OwnQuestion.objects.by(author)]


def of_step(step: AssignedStep) -> Question:
    """What an assigned step asks: a prompt in the visitor's language, or the counselor's own question."""
    slug = f"{STEP_PREFIX}{step.pk}"
    from_library = prompt(step.prompt_id)
    if from_library is None:
        return replace(from_text(step.content.question, slug), step=step.pk)
    return replace(from_library, slug=slug, step=step.pk, step_prompt=step.prompt_id)


def find(author: User, slug: str | None) -> Question | None:
    """The question with this slug: a prompt, one of this parent's own, or a step assigned to them; None for anything else."""
    if not slug:
        return None
    if pk := parse_id(slug):
        row = OwnQuestion.objects.by(author).filter(pk=pk).first()
        return of_own(row) if row else None
    if pk := step_of(slug):
        step = AssignedStep.objects.filter(pk=pk, connection__parent=author, connection__ended_at=None).first()
        return of_step(step) if step else None
    return prompt(slug)
