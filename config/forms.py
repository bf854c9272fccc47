"""The forms of ours that allauth uses in place of its own: ACCOUNT_FORMS and MFA_FORMS."""

ACCOUNT_FORMS = {
    "signup": "accounts.forms.signup.SignupForm",
    "login": "accounts.forms.entrance.LoginForm",
    "reauthenticate": "accounts.forms.entrance.ReauthenticateForm",
    "request_login_code": "accounts.forms.entrance.RequestLoginCodeForm",
    "reset_password": "accounts.forms.entrance.ResetPasswordForm",
    "change_password": "accounts.forms.entrance.ChangePasswordForm",
    "add_email": "accounts.forms.signup.AddEmailForm",
    "change_email": "accounts.forms.signup.ChangeEmailForm",
}
_PASSKEY_FORMS = ("add", "edit", "signup", "login", "authenticate", "reauthenticate")
MFA_FORMS = {f"{form}_webauthn": f"accounts.forms.passkeys.{form.title()}Form" for form in _PASSKEY_FORMS}
