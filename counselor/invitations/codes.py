"""Short codes: how an invitation reaches somebody in the same room, who types what the counselor's screen shows."""

import datetime as dt
import uuid
from dataclasses import replace

from django.db import transaction

from accounts.keys.crypto import CODE_LENGTH, CODE_SIGNS, new_code
from accounts.keys.installation import code_digest
from accounts.models import User
from counselor.models import Invitation

CODE_LASTS = dt.timedelta(minutes=15)


def show_code(counselor: User, pk: uuid.UUID, now: dt.datetime) -> None:
    """Give an open invitation a code for `CODE_LASTS`. Idempotent while that runs. Raises `Invitation.DoesNotExist` where none is open."""
    with transaction.atomic():
        invitation = Invitation.objects.of_counselor(counselor).open(now).select_for_update().get(pk=pk)
        if running_code(invitation, now):
            return
        code = new_code()
        invitation.content = replace(invitation.content, code=code)
        invitation.code_digest, invitation.code_until = code_digest(code), now + CODE_LASTS
        invitation.save(update_fields=["content", "code_digest", "code_until"])


def running_code(invitation: Invitation, now: dt.datetime) -> str:
    """The invitation's code in two groups, as it is shown and typed; "" where none runs."""
    if invitation.code_until is None or now >= invitation.code_until or invitation.state(now) != Invitation.State.OPEN:
        return ""
    code, half = invitation.content.code, CODE_LENGTH // 2
    return f"{code[:half]}-{code[half:]}"


def find_by_code(typed: str, now: dt.datetime) -> Invitation | None:
    """The open invitation with this code, however it was typed; None for one that is wrong, used or has ended."""
    code = "".join(sign for sign in typed.upper() if sign.isalnum())
    if len(code) != CODE_LENGTH or not set(code) <= set(CODE_SIGNS):
        return None
    return Invitation.objects.open(now).filter(code_digest=code_digest(code), code_until__gt=now).first()
