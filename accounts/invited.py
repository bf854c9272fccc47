"""Coming with an invitation: the address of one, where a page is to go on to."""

from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils import timezone

from accounts import ties
from accounts.models import Invitation


def comes_invited(request: HttpRequest | None) -> bool:
    """Whether signing up leads on to an invitation that can be accepted. Then an account can be made on a closed site, too."""
    wanted = (request.POST.get("next") or request.GET.get("next") or "") if request else ""
    try:
        found = resolve(urlsplit(wanted).path)
    except (Resolver404, ValueError):
        return False
    if found.view_name != "accounts:invitation":
        return False
    invitation = ties.find_invitation(found.kwargs["token"])
    return invitation is not None and invitation.state(timezone.now()) == Invitation.State.OPEN
