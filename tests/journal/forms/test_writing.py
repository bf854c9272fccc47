"""`journal.forms.writing`: what a page sends besides its text."""

import datetime as dt
import uuid

from django.http import QueryDict
from django.test import SimpleTestCase
from hypothesis import given
from hypothesis import strategies as st

from journal.forms.writing import WritingForm
from journal.models import Feeling, Mode
from tests.helpers import TONIGHT

HIDDEN = ["author", "entry", "page", "seq", "base", "prompt", "wording", "mode"]


def as_django_renders(form: WritingForm, names: list[str]) -> str:
    return "".join(str(form[name].as_hidden()) for name in names)


class HiddenFieldTests(SimpleTestCase):
    @given(
        ids=st.tuples(st.uuids(), st.uuids(), st.uuids()),
        texts=st.tuples(st.text(), st.text()),
        mode=st.sampled_from(Mode),
        night=st.dates(),
        base=st.integers(0, 9),
    )
    def test_of_a_page_that_is_opened_are_as_django_renders_them(
        self, ids: tuple[uuid.UUID, uuid.UUID, uuid.UUID], texts: tuple[str, str], mode: Mode, night: dt.date, base: int
    ) -> None:
        initial = {"night": night, "seq": 1, "base": base, "mode": mode, "prompt": texts[0], "wording": texts[1]}
        form = WritingForm(latest=TONIGHT, initial={**initial, **dict(zip(("author", "entry", "page"), ids, strict=True))})

        assert form.hidden_page == as_django_renders(form, HIDDEN)
        assert form.hidden_night == as_django_renders(form, ["night"])

    @given(sent=st.dictionaries(st.sampled_from(["night", *HIDDEN]), st.text()))
    def test_of_a_page_that_was_sent_are_what_it_sent(self, sent: dict[str, str]) -> None:
        data = QueryDict(mutable=True)
        data.update(sent)
        form = WritingForm(data, latest=TONIGHT)

        assert form.hidden_page == as_django_renders(form, HIDDEN)
        # Django would also name an error that stands beside no hidden field.
        assert form.hidden_night == as_django_renders(form, ["night"]).replace(' aria-describedby="id_night_error"', "")

    def test_stay_text_whatever_was_sent(self) -> None:
        form = WritingForm(QueryDict("prompt=%22%3E%3Cscript%3E"), latest=TONIGHT)

        assert 'value="&quot;&gt;&lt;script&gt;"' in form.hidden_page


class ChosenFeelingTests(SimpleTestCase):
    def test_is_one_of_the_feelings_or_none(self) -> None:
        for sent, chosen in (("heavy", "heavy"), ("", ""), ("<b>", ""), ("HEAVY", "")):
            assert WritingForm(QueryDict(f"feeling={sent}"), latest=TONIGHT).chosen_feeling == chosen
        assert WritingForm(QueryDict(), latest=TONIGHT).chosen_feeling == ""
        for feeling in Feeling:
            assert WritingForm(latest=TONIGHT, initial={"feeling": feeling.value}).chosen_feeling == feeling
        assert WritingForm(latest=TONIGHT).chosen_feeling == ""
