"""The words of a question as an open page shows them, signed.

A question can be put in other words, or be gone, while a page that asks it is open. The page sends its words along, so that
what is written on it is stored under them. They are signed for the person and the question, since a counselor may be shown
them: nobody can put words of their own there. Pages of days ago are still sent, so no signature grows too old.
"""

import json
import uuid

from django.core.signing import BadSignature, Signer


def _signer(person: uuid.UUID, slug: str) -> Signer:
    return Signer(salt=f"prompts.wording {person} {slug}")


def sign(person: uuid.UUID, slug: str, words: str) -> str:
    """What the page sends along: the words as JSON, which pages can read, and a signature. "" where it shows no question."""
    return _signer(person, slug).sign(json.dumps(words)) if words else ""


def read(person: uuid.UUID, slug: str, signed: str) -> str:
    """The words that a page showed this person as the question `slug`; "" where they were not signed as that."""
    try:
        return str(json.loads(_signer(person, slug).unsign(signed)))
    except BadSignature:
        return ""
