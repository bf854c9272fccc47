"""/accounts/stay/: keeps an account that was to be deleted; for all others it changes nothing."""

import pytest

from tests.factories import make_user
from tests.helpers import signed_in


@pytest.mark.django_db
def test_pressed_twice_or_without_need_it_does_no_harm() -> None:
    person = make_user()
    browser = signed_in(person)
    for _twice in range(2):
        assert browser.post("/accounts/stay/").headers["Location"] == "/"
    person.refresh_from_db()
    assert person.leaves_at is None
