from django.urls import path

from accounts.views import account, gone, role, settings, signed_in

app_name = "accounts"

urlpatterns = [
    path("accounts/settings/", settings.settings, name="settings"),
    path("accounts/role/", role.role, name="role"),
    path("accounts/delete/", account.delete, name="delete"),
    path("accounts/gone/", gone.gone, name="gone"),
    path("journal/signed-in/", signed_in.signed_in, name="signed_in"),
]
