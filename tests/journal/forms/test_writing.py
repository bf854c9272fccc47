"""`journal.forms.writing`: what a page sends besides its text."""

from django.http import QueryDict
from django.test import SimpleTestCase

from journal.forms.writing import WritingForm
from journal.models import Feeling
from tests.helpers import TONIGHT


class ChosenFeelingTests(SimpleTestCase):
    def test_is_one_of_the_feelings_or_none(self) -> None:
        for sent, chosen in (("heavy", "heavy"), ("", ""), ("<b>", ""), ("HEAVY", "")):
            assert WritingForm(QueryDict(f"feeling={sent}"), latest=TONIGHT).chosen_feeling == chosen
        assert WritingForm(QueryDict(), latest=TONIGHT).chosen_feeling == ""
        for feeling in Feeling:
            assert WritingForm(latest=TONIGHT, initial={"feeling": feeling.value}).chosen_feeling == feeling
        assert WritingForm(latest=TONIGHT).chosen_feeling == ""
