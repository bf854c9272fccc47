"""Names in code are those of docs/glossary.md: none is left of the words that were used before."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("accounts", "benchmarks", "common", "config", "counselor", "journal", "operations", "prompts", "tests")
FORMER = {"tie", "ties", "hat", "hats", "drawer", "glance", "glances", "aside", "shelf", "told", "wear", "wears"}
WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def names(tree: ast.AST) -> Iterator[str]:
    """Every identifier that a module defines or uses; no text, and no name of a test: that is a sentence."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name) | ast.keyword(arg=str(name)):
                yield name
            case ast.ClassDef(name=name) | ast.alias(name=name):
                yield name
            case ast.FunctionDef(name=name) if not name.startswith("test_"):
                yield name


def test_the_words_of_a_name_are_found() -> None:
    tree = ast.parse("def put_aside(theHat, *, TIE=ShelfRow.told): ...")

    assert {word.lower() for name in names(tree) for word in WORD.findall(name)} >= {"aside", "hat", "tie", "shelf", "told"}


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_name_uses_a_former_word(folder: str) -> None:
    former = {
        f"{file.relative_to(ROOT)}: {name}"
        for file in (ROOT / folder).rglob("*.py")
        for name in (file.stem, *names(ast.parse(file.read_text(encoding="utf-8"))))
        if FORMER & {word.lower() for word in WORD.findall(name)}
    }

    assert not former
