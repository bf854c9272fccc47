"""`journal.sharing.drafts`: replies while they are written, on either side."""

import pytest

from common.ids import new_id
from journal.models import ReplyDraft
from journal.sharing import drafts, replies
from journal.sharing.drafts import Conflict, Draft
from tests.helpers import EVENING, sealed_bytes, signed_in
from tests.sharing import NOT_FOUND, REFUSED, Sharing, reply_fields, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evening")]
JSON = {"Accept": "application/json"}


def test_each_side_has_its_own_sealed_and_under_a_version(sharing: Sharing) -> None:
    share = sharing.share()

    assert drafts.save(sharing.counselor, share, "Thank", 0, EVENING) == Draft("Thank", 1)
    assert drafts.save(sharing.counselor, share, "Thank you", 1, EVENING) == Draft("Thank you", 2)
    assert drafts.save(sharing.counselor, share, "Thank you", 1, EVENING) == Draft("Thank you", 2)
    assert drafts.save(sharing.counselor, share, "Other", 1, EVENING) == Conflict(Draft("Thank you", 2))
    assert drafts.save(sharing.parent, share, "And I", 0, EVENING) == Draft("And I", 1)

    assert drafts.of(sharing.counselor, [share.pk]) == {share.pk: Draft("Thank you", 2)}
    assert not [row for row in ReplyDraft.objects.all() if b"Thank" in sealed_bytes(row)]
    assert drafts.save(sharing.counselor, share, " ", 2, EVENING) == Draft()
    assert drafts.of(sharing.counselor, [share.pk]) == {}


def test_sent_it_is_gone_and_a_save_that_comes_late_does_not_bring_it_back(sharing: Sharing) -> None:
    share = sharing.share()
    drafts.save(sharing.counselor, share, "Thank", 0, EVENING)
    replies.reply(sharing.counselor, share, new_id(), "Thank you.", EVENING)

    assert drafts.save(sharing.counselor, share, "Thank you", 1, EVENING) == Draft()
    assert drafts.save(sharing.counselor, share, "Thank you.", 0, EVENING) == Draft()
    assert not ReplyDraft.objects.exists()
    assert drafts.save(sharing.counselor, share, "One more", 0, EVENING) == Draft("One more", 1)


@pytest.mark.parametrize("side", ["counselor", "parent"])
def test_it_stands_in_the_box_when_the_page_opens_again(sharing: Sharing, side: str) -> None:
    share, person = sharing.share(), getattr(sharing, side)
    client = signed_in(person)
    client.post(url(share, "open/"))

    saved = client.post(url(share, "draft/"), {"text": "Begun", "base": "0", "author": person.pk}, headers=JSON)
    again = client.post(url(share, "draft/"), {"text": "Elsewhere", "base": "0", "author": person.pk}, headers=JSON)
    long = client.post(url(share, "draft/"), {"text": "x" * 20_001, "base": "1", "author": person.pk}, headers=JSON)

    assert saved.json() == {"state": "saved", "version": 1, "said": "Saved 21:04"}
    assert again.json() == {"state": "conflict", "stored": "Begun", "version": 1}
    assert long.status_code == REFUSED
    assert "Begun</textarea>" in client.get(url(share)).content.decode()
    client.post(url(share, "reply/"), reply_fields(person))
    assert "Begun" not in client.get(url(share)).content.decode()


def test_of_what_is_not_theirs_nothing_is_kept(sharing: Sharing) -> None:
    share = sharing.share()
    for stranger in (sharing.stranger, sharing.other_counselor):
        assert signed_in(stranger).post(url(share, "draft/"), {"text": "x"}, headers=JSON).status_code == NOT_FOUND
    signed_in(sharing.parent).post(url(share, "take-back/"))
    for person in (sharing.parent, sharing.counselor):
        assert signed_in(person).post(url(share, "draft/"), {"text": "x"}, headers=JSON).status_code == NOT_FOUND
    assert not ReplyDraft.objects.exists()
