from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People")

    def ready(self) -> None:
        from accounts import admin, checks  # noqa: F401  each registers what it holds
        from accounts.security import events  # noqa: F401
