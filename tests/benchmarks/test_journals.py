"""What is measured is made as saving makes it."""

import json

import pytest
from django.utils import timezone

from accounts.keys import keyring
from accounts.models import User
from benchmarks import journals, searched, wordlist
from journal import markup
from journal.models import Entry
from tests.factories import make_prompt, make_user


@pytest.mark.django_db
def test_a_journal_answers_questions_night_after_night() -> None:
    make_prompt()
    author = make_user()
    with keyring.cached():
        journals.write(author, 3, timezone.now())

        entries = list(Entry.objects.by(author))
        assert [entry.summary.question for entry in entries] == ["What happened at the door tonight?"] * 3
        assert all(len(entry.content.text) == journals.TEXT_LENGTH and entry.content.html for entry in entries)


@pytest.mark.django_db
def test_a_journal_to_be_searched_has_a_rare_and_a_common_word(capsys: pytest.CaptureFixture[str]) -> None:
    searched.fill([60])

    [made] = json.loads(capsys.readouterr().out.splitlines()[-1])
    author = User.objects.get(email=searched.address(60))
    contents = [entry.content for entry in Entry.objects.by(author)]
    held = {kind: sum(made[kind] in content.text.lower() for content in contents) for kind in ("rare", "common")}
    assert len(contents) == 60
    assert 20 <= held["common"] <= 40
    assert 10 <= held["rare"] <= 30
    assert all(content.html == markup.render(content.text) for content in contents[:3])


def test_texts_are_the_same_at_each_run_and_have_as_many_words_as_a_person() -> None:
    first = list(wordlist.texts(50, 2_000))

    assert first == list(wordlist.texts(50, 2_000))
    assert len(set(first)) == 50
    assert all(1_500 < len(text) <= 2_000 for text in first)
    assert len(set(wordlist.words())) == wordlist.SIZE
