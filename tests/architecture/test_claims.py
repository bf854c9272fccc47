"""No page and no document promises more than is true: whoever runs a site holds its keys, and backups and devices keep things."""

import re
from pathlib import Path

import pytest
from django.test import TestCase

from tests.factories import make_counselor, make_invitation
from tests.helpers import read

ROOT = Path(__file__).parents[2]
# What was said before, and what would say the same in other words.
OVERCLAIMS = re.compile(
    r"no other person (on this site )?can|belongs? to you alone|key of your own|(sealed )?with your own key|each one chosen by you|"
    r"proves? nothing|no text of yours stays|only you can (read|open|see)|(nobody|no one)( else)? can (read|open|see)|"
    r"(nobody|no one)( else)? (sees|reads) what you write unless|seen by nobody|never leaves|"
    r"(completely|absolutely|fully) (safe|secure|private|anonymous)|unbreakable|military",
    re.IGNORECASE,
)
TEXTS = [
    *(ROOT / "templates").rglob("*.html"),
    *(ROOT / "templates").rglob("*.txt"),
    ROOT / "README.md",
    *(ROOT / "docs").glob("*.md"),
    *(path for app in ("accounts", "counselor", "journal", "prompts", "operations", "common") for path in (ROOT / app).rglob("*.py")),
]


@pytest.mark.parametrize(
    "claim",
    [
        "No other person on this site can open it.",
        "with a key that belongs to you alone:",
        "the answers that you share, each one chosen by you",
        "so they prove nothing to anybody",
        "No text of yours stays on the device then.",
        "Only you can read this.",
        "Nobody can read what was written",
        "Written by you, seen by nobody else",
    ],
)
def test_what_claims_too_much_is_found(claim: str) -> None:
    assert OVERCLAIMS.search(claim)


def test_nothing_claims_too_much() -> None:
    claims = {
        f"{path.relative_to(ROOT)}: {match.group()}" for path in TEXTS for match in OVERCLAIMS.finditer(path.read_text(encoding="utf-8"))
    }

    assert not claims


class LimitTests(TestCase):
    def test_pages_that_speak_of_privacy_say_who_could_open_what_is_sealed(self) -> None:
        front, privacy = read(self.client, "/").get_text(), read(self.client, "/privacy/").get_text()

        assert "The site’s owner holds its keys and could open it" in front
        assert "with its key file can technically open what is sealed" in privacy
        assert "the server keeps it, locked with the site’s own" in privacy
        assert "a court can demand a diary, this one included, and its backups" in privacy
        assert "Backups keep what was there until they are thrown away" in privacy

    def test_an_invitation_says_that_a_set_can_share_as_it_is_finished(self) -> None:
        page = read(self.client, f"/accounts/invitations/{make_invitation(make_counselor()).content.token}/").get_text()

        assert "every answer to a set as you finish it" in page
