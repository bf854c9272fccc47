"""What a file says comes in, and is said again: on every database the same."""

from hypothesis import given, settings
from hypothesis.extra.django import TestCase

from accounts.models import User
from common.values import Values
from tests.factories import make_prompt, make_user
from tests.journal.exchange.journals import exported, restored, said
from tests.journal.exchange.nightlight import exports
from tests.journal.exchange.nightlight.exports import bare, file_of


class FromAFileTests(TestCase):
    """Each example is the file of a journal on another site, which may have another database, and an empty account here."""

    def setup_example(self) -> None:
        super().setup_example()  # type: ignore[no-untyped-call]
        for slug in exports.PROMPTS:
            make_prompt(slug=slug)
        self.person = User.objects.get(pk=make_user().pk)

    @given(values=exports.journals())
    @settings(max_examples=25)
    def test_any_journal_is_here_as_it_was_there(self, values: Values) -> None:
        restored(self.person, file_of(values))
        assert said(exported(self.person)) == bare(values)

        restored(self.person, file_of(values))
        assert said(exported(self.person)) == bare(values), "a second time adds nothing"
