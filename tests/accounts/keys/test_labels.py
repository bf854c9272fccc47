"""accounts.keys.sealing: the labels that sealed values are bound to never change, whatever tables, columns and apps are called."""

import pytest
from django.apps import apps
from django.db import connection, models
from django.test import TestCase

from accounts.keys import keyring
from accounts.keys.installation import SECRET_LABEL, SESSION_LABEL
from accounts.keys.sealing import SealedField
from accounts.models import User
from journal.models import Entry, EntryContent, Size
from tests.factories import make_entry, make_user

# Never change a line of this list: whatever was sealed under a label opens under that label alone. New lines come at the end.
FROZEN = """
accounts.key_slot.wrapped
accounts.secret
accounts.user.preferences
counselor.workspace.content
counselor.invitation.content
counselor.client_group.content
counselor.client_note.content
prompts.own_question.content
prompts.prompt_set.content
prompts.assignment.content
prompts.assigned_step.content
journal.entry.content
journal.entry.summary
journal.revision.content
journal.share.content
journal.reply.content
journal.reply.kept
accounts.session
accounts.user.children
journal.repair.content
journal.search_index.data
journal.file.about
journal.file_part.data
journal.job.request
journal.job.report
journal.import.summary
journal.origin.content
journal.earlier_support.content
journal.push_subscription.address
counselor.client_label.content
counselor.practice_invitation.content
journal.reply_draft.content
prompts.kept_assignment.content
""".split()


def sealed_fields() -> list[SealedField]:
    return [field for model in apps.get_models() for field in model._meta.get_fields() if isinstance(field, SealedField)]


def test_every_label_is_frozen_and_none_is_used_twice() -> None:
    labels = [keyring.SLOT_LABEL, SECRET_LABEL, SESSION_LABEL, *(field.label for field in sealed_fields())]

    assert sorted(labels) == sorted(FROZEN)
    assert len(set(labels)) == len(labels)


class RenamingTests(TestCase):
    """Rows open after their table and columns were given other names."""

    def rename(self, entry: Entry) -> type[models.Model]:
        """The same table and column under other names, and a model of them."""
        column = Entry._meta.get_field("content")

        class Renamed(models.Model):
            id = models.UUIDField(primary_key=True)
            author_id = models.UUIDField()
            version = models.PositiveIntegerField()
            words = SealedField(payload=EntryContent, owner="author_id", label=column.label, version="version")

            class Meta:
                app_label = "tests_renamed"
                managed = False
                db_table = "diary_page"

            def __str__(self) -> str:
                return str(self.pk)

        quote = connection.ops.quote_name
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {quote(Entry._meta.db_table)} RENAME COLUMN {quote(str(column.column))} TO {quote('words')}")
            cursor.execute(f"ALTER TABLE {quote(Entry._meta.db_table)} RENAME TO {quote('diary_page')}")
        return Renamed

    def test_a_row_opens_in_a_table_and_a_column_of_another_name(self) -> None:
        entry = make_entry(make_user(), text="We read two chapters.")

        renamed = self.rename(entry)

        assert renamed._default_manager.get(pk=entry.pk).words.text == "We read two chapters."  # type: ignore[attr-defined]


class LengthTests(TestCase):
    """The length of a sealed text reveals no more than the size that is stored beside it."""

    author: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.author = make_user()

    def size_and_length(self, text: str) -> tuple[int, int]:
        entry = make_entry(self.author, text=text, kind=Entry.Kind.FREE, feeling="even")
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT LENGTH(content) FROM journal_entry WHERE id = %s", [Entry._meta.pk.get_db_prep_value(entry.pk, connection)]
            )
            return entry.size, int(cursor.fetchone()[0])

    def test_a_feeling_a_word_and_a_page_are_of_one_length(self) -> None:
        texts = "", "Rain.", "We read two chapters and " * 5, "We read two chapters and then " * 5, "We read two chapters and then " * 25

        assert [self.size_and_length(text) for text in texts] == [
            (size, 2048 + 29) for size in (Size.NOTHING, Size.LINE, Size.LINE, Size.PAGE, Size.PAGE)
        ]


@pytest.mark.parametrize("label", FROZEN)
def test_a_label_reads_as_app_model_and_field(label: str) -> None:
    assert label.replace(".", "").replace("_", "").isalpha()
