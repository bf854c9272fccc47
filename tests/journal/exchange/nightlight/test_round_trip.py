"""Whatever a journal holds: exported, taken in by an empty account and exported again, it says the same."""

from typing import Any

from hypothesis import given, settings
from hypothesis.extra.django import TestCase

from accounts.models import User
from journal.models import Entry, SealedFile
from tests.factories import make_prompt, make_user
from tests.journal.exchange.journals import exported, journals, make_journal, restored, said


class RoundTripTests(TestCase):
    @settings(max_examples=25)
    @given(made=journals)
    def test_nothing_is_lost(self, made: dict[str, Any]) -> None:
        prompt = make_prompt().pk
        owner = make_user(name="Mara", time_zone="Asia/Kathmandu", night_ends_at=3, language="es")
        make_journal(owner, prompt, made)
        file = exported(owner)

        beside = make_user(email="beside@example.org")
        counted = restored(beside, file)
        assert counted.counts["unusable"] == 0
        assert said(exported(beside), ids=False) == said(file, ids=False), "beside the first, under ids of its own"
        assert not set(Entry.objects.by(beside).values_list("pk")) & set(Entry.objects.by(owner).values_list("pk"))

        before = Entry.objects.by(beside).count(), SealedFile.objects.filter(owner=beside).count()
        again = restored(beside, file)
        assert again.pages == []
        assert (Entry.objects.by(beside).count(), SealedFile.objects.filter(owner=beside).count()) == before
        assert said(exported(beside), ids=False) == said(file, ids=False), "a second time changes nothing"

        User.objects.get(pk=owner.pk).delete()
        alone = make_user(email="alone@example.org")
        restored(alone, file)
        assert said(exported(alone)) == said(file), "where the first is gone, under the same ids"
