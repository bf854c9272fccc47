"""`prompts.library.checks.spanish`: what a program can hear in a Spanish prompt."""

from dataclasses import replace

import pytest

from prompts.library.checks import spanish
from prompts.library.translations import PromptTranslation
from tests.prompts.library.checks.good import GOOD

ONE = replace(GOOD, question="What did your child say at the door?", if_stuck=["Was it a joke?"], tomorrow="Ask them once more.")
SEVERAL = replace(ONE, if_stuck=["Or what did your other children say?"])
SPANISH = PromptTranslation(
    slug=ONE.slug,
    question="¿Qué dijo tu hija o tu hijo en la puerta?",
    if_stuck=("¿Fue una broma?",),
    tomorrow="Pregúntale otra vez.",
)


def said(question: str = SPANISH.question, original: object = ONE, **fields: object) -> list[str]:
    translation = replace(SPANISH, question=question, **fields)  # type: ignore[arg-type]
    return list(spanish.check([original], {translation.slug: translation}))  # type: ignore[list-item]


def test_a_good_one_is_passed_over_and_one_that_is_not_translated_too() -> None:
    assert said() == []
    assert list(spanish.check([ONE], {})) == []


@pytest.mark.parametrize("several", ["tus hijos", "tus hijas", "Tus peques", "los niños", "tus nietos", "tus adolescentes"])
def test_one_child_stays_one_child(several: str) -> None:
    question = f"¿Qué dijeron {several} en la puerta?"

    assert [problem for problem in said(question) if f"names several children (“{several}”)" in problem]
    assert not [problem for problem in said(question, SEVERAL) if "several" in problem], "where the English has several in any of its texts"


def test_hints_and_what_is_for_tomorrow_are_heard_too() -> None:
    assert len(said(if_stuck=("¿Se rieron tus hijos?",))) == 1
    assert len(said(tomorrow="Pregunta a tus hijos.")) == 1


@pytest.mark.parametrize(
    "question",
    [
        "¿Qué dijo su hijo a usted en la puerta?",
        "¿Qué se dijeron ustedes en la puerta?",
        "¿Qué os dijo en la puerta?",
        "¿Qué habláis en la puerta?",
        "¿Qué tenéis en la puerta?",
        "¿Quién llamó a vuestra puerta?",
        "¿Quién de vosotras abrió la puerta?",
    ],
)
def test_the_parent_is_tu(question: str) -> None:
    assert len(said(question)) == 1
    assert "the parent is “tú”" in said(question)[0]


def test_what_only_looks_like_another_form_is_not_one() -> None:
    assert said("¿Qué dijo a las seis, en dos veces, por los dos?") == []


@pytest.mark.parametrize(
    "words",
    [
        "en el coche",
        "en el carro",
        "por el móvil",
        "por el celular",
        "en el ordenador",
        "en el piso",
        "al aparcar",
        "al parquear",
        "al platicar",
    ],
)
def test_words_of_one_region_are_found(words: str) -> None:
    assert [problem for problem in said(f"¿Qué dijo {words}?") if "not said everywhere" in problem]


@pytest.mark.parametrize("words", ["en el parque", "al recoger la mesa", "que valió la pena", "al manejar", "en el auto", "con un pañal"])
def test_words_understood_everywhere_are_not(words: str) -> None:
    assert said(f"¿Qué dijo {words}?") == []


def test_vale_is_of_one_region_as_an_answer_only() -> None:
    assert len(said(if_stuck=("“Vale, ya voy …”",))) == 1
    assert said(if_stuck=("También vale un recuerdo …",)) == []


def test_parents_are_mothers_and_fathers() -> None:
    assert len(said("¿Qué decían tus padres en la puerta?")) == 1
    assert said("¿Qué dicen otras madres y otros padres en la puerta?") == []
    assert said("¿Qué dicen los dos padres en la puerta?", replace(ONE, question="What do both fathers say at the door?")) == []


def test_peque_is_said_of_small_ones() -> None:
    question = "¿Qué dijo tu peque en la puerta?"

    for ages, problems in [(["baby", "small"], 0), (["small"], 0), (["small", "school"], 1), ([], 1)]:
        assert len(said(question, replace(ONE, ages=ages))) == problems, ages
    assert said("¿Qué decía en la puerta cuando era muy peque?", replace(ONE, ages=["grown"])) == []
