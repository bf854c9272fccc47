"""`counselor.ready_made`: sets and paths of the library, assigned from a counselor's own copy that follows the library."""

from dataclasses import replace

import pytest
from django.utils import timezone

from accounts.models import User
from common.ids import new_id
from counselor import assigning, ready_made, sets
from counselor.assigning import Plan, Recipient
from counselor.ready_made import ReadyMade
from prompts import questions
from prompts.library import paths
from prompts.library.sets import read
from prompts.models import Assignment, Prompt, PromptSet
from prompts.templatetags.library import names_help
from tests.factories import make_connection, make_counselor, make_library_set_prompts, make_set, make_user

PLAN = Plan(cadence=Assignment.Cadence.WHEN_DONE)


@pytest.fixture
def counselor(db: None) -> User:
    make_library_set_prompts()
    return make_counselor()


def two_homes() -> ReadyMade:
    return ready_made.sets("en")["two-homes"]


def test_finds_what_the_library_has(counselor: User) -> None:
    for reference in ("library:two-homes", f"path:{next(iter(paths.read()))}"):
        found = ready_made.find(reference)
        assert found is not None
        assert found.reference == reference
    for reference in ("library:nonsense", "path:a-diagnosis", "library:mending", "two-homes", ":", ""):
        assert ready_made.find(reference) is None


def test_a_copy_is_made_once_and_is_not_among_the_sets_that_they_build(counselor: User) -> None:
    rows = [ready_made.copy_to_assign(counselor, two_homes(), timezone.now()) for _twice in range(2)]

    assert rows[0] == rows[1]
    assert rows[0].source == "library:two-homes:en"
    assert PromptSet.objects.by(counselor).get() == rows[0]
    assert not PromptSet.objects.by(counselor).own().exists()
    assert [slug for _key, slug, _question, _note in rows[0].content.steps] == list(two_homes().text.prompts)


def test_each_counselor_has_a_copy_and_so_has_each_language(counselor: User) -> None:
    other = make_counselor(email="second@example.org", name="Ola")
    now = timezone.now()
    ready_made.copy_to_assign(counselor, two_homes(), now)
    ready_made.copy_to_assign(other, two_homes(), now)
    ready_made.copy_to_assign(counselor, ready_made.sets("es")["two-homes"], now)

    assert sorted(PromptSet.objects.values_list("author", "source")) == sorted(
        [(counselor.pk, "library:two-homes:en"), (counselor.pk, "library:two-homes:es"), (other.pk, "library:two-homes:en")]
    )


def test_a_set_or_path_that_shows_the_number_first_brings_a_caution_that_names_help() -> None:
    both = [(read(language), paths.read(language)) for language in ("en", "es")]
    help_first = [one for several in both for kind in several for one in kind.values() if one.help_first]

    assert help_first
    assert all(names_help("\n\n".join(one.caution)[: sets.CAUTION_LIMIT]) for one in help_first)


def test_what_is_too_long_for_a_set_of_ones_own_is_in_no_text_of_the_library() -> None:
    for language in ("en", "es"):
        for one in (*ready_made.sets(language).values(), *ready_made.published_paths(language).values()):
            assert len("\n\n".join(one.text.caution)) <= sets.CAUTION_LIMIT
            assert len("\n\n".join(one.text.introduction)) <= sets.INTRODUCTION_LIMIT
            assert len(one.text.steps) <= sets.MAX_STEPS
            assert len(one.text.name) <= sets.NAME_LIMIT
            assert all(len(step.note) <= sets.NOTE_LIMIT for step in one.text.steps)


def test_what_is_retired_is_not_assigned(counselor: User) -> None:
    first = two_homes().text.steps[0].prompt
    Prompt.objects.filter(pk=first).update(retired=True)
    questions.forget_library()

    row = ready_made.copy_to_assign(counselor, two_homes(), timezone.now())

    assert first not in {slug for _key, slug, _question, _note in row.content.steps}
    questions.forget_library()


def test_when_the_library_changes_the_new_version_is_offered_and_its_steps_are_the_same(counselor: User) -> None:
    connection = make_connection(counselor, make_user(email="client@example.org"))
    now = timezone.now()
    row = ready_made.copy_to_assign(counselor, two_homes(), now)
    (pk,) = assigning.assign(counselor, row, PLAN, [Recipient(connection.pk, now.date())], batch=new_id(), now=now)
    assignment = Assignment.objects.select_related("set").get(pk=pk)
    assert not assigning.has_new_version(assignment)
    keys = list(assignment.steps.values_list("key", flat=True))

    # As if the library had said something else when it was assigned.
    row.content = replace(row.content, name="As it was called before", steps=row.content.steps[1:])
    row.save()
    assert assigning.has_new_version(Assignment.objects.select_related("set").get(pk=pk))
    for _twice in range(2):
        assigning.assign_new_version(counselor, pk, now)

    assignment.refresh_from_db()
    assert assignment.content.name == two_homes().text.name
    assert list(assignment.steps.values_list("key", flat=True)) == keys
    row.refresh_from_db()
    assert row.version == assignment.set_version == 2


def test_a_set_of_ones_own_follows_nothing(counselor: User) -> None:
    own = make_set(counselor)

    assert ready_made.original_of(own) is None
    assert not ready_made.has_changed(own)
    ready_made.follow(own, timezone.now())
    assert own.version == 1


def test_what_left_the_library_stays_as_it_was_assigned(counselor: User) -> None:
    row = ready_made.copy_to_assign(counselor, two_homes(), timezone.now())
    row.source = "library:no-longer-there:en"

    assert not ready_made.has_changed(row)
