from allauth.account.views import email
from allauth.mfa.webauthn.forms import EditWebAuthnForm
from allauth.mfa.webauthn.views import edit_webauthn
from django.urls import path

from accounts.forms.signup import AddEmailForm
from accounts.views import account, gone, lock, password, role, second_step, sessions, settings, signed_in, stay
from common.kept_forms import keeps_form

app_name = "accounts"

urlpatterns = [
    path("accounts/settings/", settings.settings, name="settings"),
    path("accounts/role/", role.role, name="role"),
    path("accounts/delete/", account.delete, name="delete"),
    path("accounts/gone/", gone.gone, name="gone"),
    path("accounts/gone/in-a-week/", gone.gone_in_a_week, name="gone_in_a_week"),
    path("accounts/stay/", stay.stay, name="stay"),
    path("accounts/lock/", lock.lock, name="lock"),
    path("accounts/lock/use/", lock.lock_use, name="lock_use"),
    path("accounts/second-step/", second_step.second_step, name="second_step"),
    # In place of allauth's, which would not ask again who one is.
    path("accounts/sessions/", sessions.sessions, name="sessions"),
    path("accounts/password/set/", password.password_set, name="password_set"),
    path("journal/signed-in/", signed_in.signed_in, name="signed_in"),
]

# allauth's own pages on which something is typed that has to wait until its person has confirmed that it is they.
keeps_form(AddEmailForm)(email)
keeps_form(EditWebAuthnForm)(edit_webauthn)
