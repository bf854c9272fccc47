"""The mail of an invitation: who invites, to what, and what will happen. It says nothing about whom it goes to."""

import logging

from django.conf import settings
from django.utils.translation import get_language
from django.views.decorators.debug import sensitive_variables

from common.rendering import mails
from counselor.invitations.making import mail_failed
from counselor.models import Invitation, Workspace

logger = logging.getLogger("nightlight.invitations")


@sensitive_variables()
def send(invitation: Invitation, url: str) -> bool:
    """Mail an invitation that was counted as mailed; `url` is its address. Returns whether the mail was sent."""
    workspace = Workspace.objects.filter(counselor=invitation.counselor_id).first()
    if workspace is None:  # closed since, and the invitation with it
        return False
    content = invitation.content
    language = content.language or invitation.counselor.chosen_language or get_language() or settings.LANGUAGE_CODE
    context = {"workspace": workspace, "line": content.line, "url": url}
    try:
        mails.message(mails.compose("counselor/invitations/mail", context, language), content.email).send()
    except (OSError, ValueError) as error:  # the mail server's refusals are OSErrors; an address it cannot write is a ValueError
        logger.error("An invitation could not be mailed (%s).", type(error).__name__)
        mail_failed(invitation)
        return False
    return True
