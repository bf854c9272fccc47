"""Signing up with a counselor's invitation."""

from django.http import HttpRequest

from accounts.adapter import AccountAdapter
from counselor.invitations import leads_to_invitation


class InvitedAccountAdapter(AccountAdapter):
    def is_open_for_signup(self, request: HttpRequest | None) -> bool:
        """Open to everybody, or to whoever comes with an invitation that can be accepted."""
        return super().is_open_for_signup(request) or leads_to_invitation(request)
