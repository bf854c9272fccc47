"""`prompts.library.topics`: what Help speaks of, in each language, and a file with a fault is refused."""

from pathlib import Path

import pytest

from prompts.library import topics
from prompts.library.files import LibraryError

ENGLISH = """
[[topic]]
slug = "a-fall"
name = "A fall"
first = "ambulance"
kinds = ["talk"]
now = "If they cannot stand"
say = "Sit with them."
[[topic]]
slug = "a-flood"
name = "A flood"
first = "police"
kinds = []
now = "At once"
say = "Go up."
"""
FRENCH = """
[[topic]]
slug = "a-flood"
name = "Une inondation"
now = "Tout de suite"
say = "Montez."
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for language, text in (("en", ENGLISH), ("fr", FRENCH)):
        (tmp_path / language).mkdir()
        (tmp_path / language / "help.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_what_ships_is_in_spanish_throughout() -> None:
    english, spanish = topics.read(), topics.read("es")

    assert list(english) == list(spanish)
    assert {topic.language for topic in spanish.values()} == {"es"}
    for slug, topic in english.items():
        other = spanish[slug]
        assert (topic.first, topic.kinds) == (other.first, other.kinds)
        assert not {topic.name, topic.now, topic.say} & {other.name, other.now, other.say}


def test_a_language_has_the_order_of_the_english_file_and_its_texts_where_it_lacks_them(folder: Path) -> None:
    french = topics.read("fr", folder)

    assert [(topic.name, topic.say, topic.first, topic.language) for topic in french.values()] == [
        ("A fall", "Sit with them.", "ambulance", "en"),
        ("Une inondation", "Montez.", "police", "fr"),
    ]
    assert topics.read("xx", folder) == topics.read("en", folder)


@pytest.mark.parametrize(
    ("original", "replacement", "message"),
    [
        ('first = "police"', 'first = "fire"', "a-flood: first is one of police, ambulance"),
        ('kinds = ["talk"]', 'kinds = ["walk"]', "kinds are of talk, parents, birth, violence, men, protection, children"),
        ('kinds = ["talk"]', 'kinds = "talk"', "kinds is written as a list of texts"),
        ('say = "Go up."\n', "", "missing 1 required keyword-only argument: 'say'"),
        ('say = "Go up."', 'say = "Go up."\nthen = "Wait."', "a-flood has unknown fields: then"),
        (ENGLISH, "", "holds nothing; only [[topic]] is known"),
    ],
)
def test_a_fault_is_named(folder: Path, original: str, replacement: str, message: str) -> None:
    assert ENGLISH.count(original) == 1
    (folder / "en" / "help.toml").write_text(ENGLISH.replace(original, replacement), encoding="utf-8")

    with pytest.raises(LibraryError, match=r"^help\.toml: ") as raised:
        topics.read(library=folder)

    assert message in str(raised.value)


def test_a_topic_that_english_does_not_have_is_named(folder: Path) -> None:
    (folder / "fr" / "help.toml").write_text(FRENCH.replace("a-flood", "a-fire"), encoding="utf-8")

    with pytest.raises(LibraryError, match=r"^help\.toml: there is no topic a-fire in English$"):
        topics.read("fr", folder)
