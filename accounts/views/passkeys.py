"""Confirming with a passkey that it is you: allauth's page, which stays where it is when the passkey is refused."""

from allauth.mfa.webauthn.views import ReauthenticateWebAuthnView
from django.forms import BaseForm
from django.http import HttpResponse


class ConfirmView(ReauthenticateWebAuthnView):
    """In place of allauth's, which leads away from the page that somebody was on their way to."""

    def form_invalid(self, form: BaseForm) -> HttpResponse:
        context = {**self.get_context_data(), "form": form}
        response: HttpResponse = self.render_to_response(context)
        return response


confirm = ConfirmView.as_view()
