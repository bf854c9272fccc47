"""Questions as pages show them: of the library, in the reader's language, and of a parent's own."""

import time
import uuid
from dataclasses import dataclass, replace

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from prompts.models import AssignedStep, Depth, OwnQuestion, Prompt
from prompts.shelf import translations

OWN = "own"  # the theme that a parent's own questions stand under
GIVEN = "given-"  # before the id of a step that a counselor gave, where a page carries it


@dataclass(frozen=True, slots=True)
class Question:
    """A prompt of the library, a question of a parent's own, or a step that a counselor gave, as far as choosing and showing
    it goes.

    `slug` is the prompt's, the own question's id, or `GIVEN` and the step's id: what pages carry and `find` takes. `prompt`
    is the library's prompt that a given step asks. `language` is that of the words.
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
    step: uuid.UUID | None = None
    step_asks: str | None = None  # the prompt that a given step asks; its own words where none

    @property
    def prompt(self) -> str | None:
        """The library's prompt that this asks."""
        return self.step_asks if self.step else None if self.own else self.slug

    @property
    def own_id(self) -> uuid.UUID | None:
        return as_id(self.slug) if self.own and not self.step else None

    @property
    def is_deep(self) -> bool:
        return self.depth == Depth.DEEP


def token_of(*, prompt: str | None, own: uuid.UUID | None, step: uuid.UUID | None) -> str | None:
    """What pages carry of a question, by what a row says of it."""
    return f"{GIVEN}{step}" if step else str(own) if own else prompt


# --- The library as the database holds it, kept by each process for a minute.

_KEPT_SECONDS = 60
_kept: tuple[float, dict[str, Question]] | None = None


def _library() -> dict[str, Question]:
    global _kept
    now = time.monotonic()
    if _kept is None or now - _kept[0] > _KEPT_SECONDS:
        prompts = Prompt.objects.select_related("theme").order_by("slug")
        _kept = (now, {prompt.slug: _question(prompt) for prompt in prompts})
    return _kept[1]


def library() -> tuple[Question, ...]:
    """Every prompt in English, the retired ones too, by slug. A change in the database is seen within a minute."""
    return tuple(_library().values())


def forget_library() -> None:
    """Read the library anew at its next use in this process."""
    global _kept
    _kept = None


def _question(prompt: Prompt) -> Question:
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
    )


def bare(words: str, slug: str = "") -> Question:
    """A question of a parent's own, by its words."""
    return Question(
        slug=slug,
        theme=OWN,
        theme_name=_("My own question"),
        opt_in=False,
        text=words,
        if_stuck=(),
        tomorrow="",
        depth=Depth.STEADY,
        ages=frozenset(),
        tender=False,
        own=True,
        language="",
    )


def _own(row: OwnQuestion) -> Question:
    return bare(row.words.question, str(row.pk))


def reading_language() -> str:
    """The code of the language that the visitor reads, without a region."""
    return (get_language() or translations.ENGLISH).partition("-")[0]


def in_words(question: Question) -> Question:
    """The question in the language that the visitor reads, as far as it is translated."""
    language = reading_language()
    if question.own or language == translations.ENGLISH:
        return question
    there = translations.read(language)
    if theme := there.themes.get(question.theme):
        question = replace(question, theme_name=theme.name)
    if words := there.prompts.get(question.slug):
        question = replace(question, text=words.question, if_stuck=words.if_stuck, tomorrow=words.tomorrow, language=language)
    return question


def prompt(slug: str | None) -> Question | None:
    """The library's prompt with this slug, retired or not, in the visitor's language."""
    found = _library().get(slug) if slug else None
    return in_words(found) if found else None


def own(author: User) -> list[Question]:
    """The parent's own questions, the latest first."""
    return [_own(row) for row in OwnQuestion.objects.by(author)]


def own_by_turn(author: User) -> list[Question]:
    """Those that are asked among the others."""
    return [_own(row) for row in OwnQuestion.objects.by(author).filter(by_turn=True)]


def as_id(slug: str | None) -> uuid.UUID | None:
    """The id of an own question, where `slug` is one."""
    try:
        return uuid.UUID(slug or "")
    except ValueError:
        return None


def given(step: AssignedStep) -> Question:
    """The question of a step that a counselor gave: the library's, in the visitor's language, or the counselor's own."""
    token = f"{GIVEN}{step.pk}"
    asked = prompt(step.prompt_id)
    if asked is None:
        return replace(bare(step.said.question, token), step=step.pk)
    return replace(asked, slug=token, step=step.pk, step_asks=step.prompt_id)


def find(author: User, slug: str | None) -> Question | None:
    """The question that `slug` names: a prompt, one of this parent's own, or a step given to them; None for anything else."""
    if slug and slug.startswith(GIVEN):
        pk = as_id(slug.removeprefix(GIVEN))
        step = AssignedStep.objects.filter(pk=pk, tie__parent=author, tie__ended_at=None).first() if pk else None
        return given(step) if step else None
    pk = as_id(slug)
    if pk is None:
        return prompt(slug)
    row = OwnQuestion.objects.by(author).filter(pk=pk).first()
    return _own(row) if row else None
