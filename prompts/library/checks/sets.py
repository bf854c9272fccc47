"""The editorial rules for paths, guides and the quiz."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import product

from prompts.library.checks.editorial import check_wording
from prompts.library.guides import GuideText
from prompts.library.paths import PathText
from prompts.library.prompts import Library
from prompts.library.quiz import Quiz, QuizQuestion
from prompts.library.sets import SetText
from prompts.library.topics import Topic

LINE_LIMIT = 120  # characters of a path's or guide's line
PART_LINE_LIMIT = 75  # characters
FOR_WHOM_LIMIT = 160  # characters of each of the two sentences that help to choose a path
MAX_ANSWERS = 7  # to a question of the quiz that takes one answer
INTRODUCTION_LIMIT = 75  # words: what is read before a path is begun


def check(
    library: Library,
    paths: dict[str, PathText],
    guides: dict[str, GuideText],
    quiz: Quiz,
    topics: dict[str, Topic],
    all_sets: dict[str, SetText],
) -> list[str]:
    """One sentence for each broken rule about paths, guides, the quiz and the topics of Help; empty where there is none.

    The rules for ready-made sets are in `situations.py`; here they count as places where a prompt is asked.
    """
    return [
        *(f"paths/{path.slug}: {problem}" for path in paths.values() for problem in _check_path(path, library, paths)),
        *_check_own_prompts(library, paths, all_sets),
        *(f"guides/{guide.slug}: {problem}" for guide in guides.values() for problem in _check_guide(guide)),
        *(f"where-to-start: {problem}" for problem in _check_quiz(quiz, paths, topics)),
        *(f"help/{topic.slug}: {problem}" for topic in topics.values() for problem in _check_topic(topic)),
    ]


def _check_texts(texts: Iterable[str]) -> Iterator[str]:
    """What is wrong with any of the texts, each with the text's beginning."""
    for text in texts:
        for problem in check_wording(text):
            yield f"{problem}: {text[:40]}"


def _check_path(path: PathText, library: Library, paths: dict[str, PathText]) -> Iterator[str]:
    known = {prompt.slug for prompt in library.prompts}
    for slug, count in Counter(path.prompts).items():
        if slug not in known:
            yield f"there is no prompt {slug}"
        if count > 1:
            yield f"{slug} is {count} steps"
    yield from _check_before(path, paths)
    if len(path.line) > LINE_LIMIT or not path.line.endswith("."):
        yield f"its line is one sentence of at most {LINE_LIMIT} characters"
    if not path.introduction or not path.closing:
        yield "an introduction and a closing are wanted"
    if any(part.name and not (part.line.endswith(".") and len(part.line) <= PART_LINE_LIMIT) for part in path.parts):
        yield f"a part with a name has a line of at most {PART_LINE_LIMIT} characters"
    if sum(len(paragraph.split()) for paragraph in path.introduction) > INTRODUCTION_LIMIT:
        yield f"an introduction of at most {INTRODUCTION_LIMIT} words is wanted"
    notes = [step.note for step in path.steps] + [part.line for part in path.parts]
    yield from _check_texts(
        [
            path.name,
            path.line,
            path.for_whom,
            path.not_for_whom,
            *path.introduction,
            *path.caution,
            path.another_way,
            *path.closing,
            *notes,
            *(part.name for part in path.parts),
        ]
    )


def _check_before(path: PathText, paths: dict[str, PathText]) -> Iterator[str]:
    """What is wrong with what is read before a path is begun, but for its introduction."""
    if unknown := set(path.instead) - paths.keys():
        yield f"there is no path {', '.join(sorted(unknown))}"
    if bool(path.caution) != bool(path.instead) or bool(path.instead) != bool(path.another_way):
        yield "a path with a caution offers another way"
    if path.help_first and not any("Help" in paragraph for paragraph in path.caution):
        yield "a path that shows the number to call first names Help in its caution"
    if any(not text.endswith(".") or len(text) > FOR_WHOM_LIMIT for text in (path.for_whom, path.not_for_whom)):
        yield f"says for whom it is and for whom not, each in at most {FOR_WHOM_LIMIT} characters that end with a full stop"


def _check_own_prompts(library: Library, paths: dict[str, PathText], all_sets: dict[str, SetText]) -> Iterator[str]:
    several: list[PathText | SetText] = [*paths.values(), *all_sets.values()]
    asked = {slug for one in several for slug in one.prompts}
    for prompt in library.prompts:
        if not prompt.daily and not prompt.follows and prompt.slug not in asked:
            yield f"{prompt.slug} is asked on no path and in no set"


def _check_guide(guide: GuideText) -> Iterator[str]:
    if not 4 <= len(guide.parts) <= 6:
        yield f"has {len(guide.parts)} questions; four to six are wanted"
    if len({part.ask for part in guide.parts}) < len(guide.parts):
        yield "asks the same twice"
    if len(guide.line) > LINE_LIMIT or len(guide.opening) > 300 or len(guide.closing) > 220:
        yield "its line, opening or closing is too long for one screen"
    for part in guide.parts:
        if not 8 <= len(part.ask) <= 120 or len(part.hint) > 110:
            yield f"a question of 8 to 120 characters and a hint of at most 110 are wanted: {part.ask}"
    yield from _check_texts(
        [guide.name, guide.line, guide.opening, guide.closing, *(part.ask for part in guide.parts), *(part.hint for part in guide.parts)]
    )


def _check_topic(topic: Topic) -> Iterator[str]:
    if len(topic.name) > 60 or len(topic.now) > 110 or len(topic.say) > 320:
        yield "its name, what is urgent, or what to do is too long to be read in a hurry"
    yield from _check_texts([topic.name, topic.now, topic.say])


def _check_quiz(quiz: Quiz, paths: dict[str, PathText], topics: dict[str, Topic]) -> Iterator[str]:
    if len(quiz.questions) != 6 or any(
        not 3 <= len(question.answers) <= (12 if question.several else MAX_ANSWERS) for question in quiz.questions
    ):
        yield f"six questions of 3 to {MAX_ANSWERS} answers are wanted, or of up to twelve where several can be chosen"
    if quiz.why.keys() != paths.keys():
        yield "each path has its sentence why, and nothing else has"
    if any(len({answer.slug for answer in question.answers}) < len(question.answers) for question in quiz.questions):
        yield "two answers to a question have the same slug"
    answers = [answer for question in quiz.questions for answer in question.answers]
    if unknown := {path for answer in answers for path in (*answer.points, *answer.rules_out)} - paths.keys():
        yield f"there is no path {', '.join(sorted(unknown))}"
    if not any(answer.help_first for answer in answers):
        yield "no answer leads to Help first"
    if unknown := {topic for answer in answers for topic in answer.topics} - topics.keys():
        yield f"Help has no topic {', '.join(sorted(unknown))}"
    if silent := [answer.slug for answer in answers if answer.topics and not answer.help_first]:
        yield f"{', '.join(silent)}: an answer with a topic leads to Help first"
    for combination in product(*map(ways_to_answer, quiz.questions)):
        outcome = quiz.outcome({question.slug: chosen for question, chosen in zip(quiz.questions, combination, strict=True)})
        if not outcome.paths:
            yield f"{', '.join(slug for chosen in combination for slug in chosen)}: ends nowhere"
            break
    yield from _check_texts(
        [quiz.introduction, quiz.help_words, *(q.ask for q in quiz.questions), *(a.says for a in answers), *quiz.why.values()]
    )


def ways_to_answer(question: QuizQuestion) -> list[tuple[str, ...]]:
    """The sets of answers that a question can get, as slugs: of those that do the same to every path, one.

    A question with several answers has more of them than can be tried; which paths they support and rule out is all that
    decides whether the quiz ends in a path.
    """
    if not question.several:
        alike: dict[object, tuple[str, ...]] = {}
        for answer in question.answers:
            alike.setdefault((frozenset(answer.points.items()), frozenset(answer.rules_out)), (answer.slug,))
        return list(alike.values())
    ways: dict[tuple[frozenset[str], frozenset[str]], tuple[str, ...]] = {
        (frozenset(answer.points), frozenset(answer.rules_out)): (answer.slug,) for answer in question.answers
    }
    for answer in question.answers:
        for (supported, ruled_out), chosen in list(ways.items()):
            ways.setdefault((supported | set(answer.points), ruled_out | set(answer.rules_out)), (*chosen, answer.slug))
    return list(ways.values())
