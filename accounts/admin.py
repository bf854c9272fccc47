"""The admin pages show that people exist; what they wrote is on none of them."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from accounts import people
from accounts.models import User

admin.site.site_header = admin.site.site_title = "Nightlight"
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    list_display = ("email", "name", "date_joined", "is_active", "is_staff")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email", "name")
    ordering = ("-date_joined",)
    fields = ("email", "name", "is_active", "is_staff", "date_joined", "last_login")
    readonly_fields = ("email", "date_joined", "last_login")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """People sign up, or are created with `manage.py createsuperuser`: a form here would set no password."""
        return False

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm, change: bool) -> None:
        """Saves what was changed here: other columns may have been changed since the page was opened."""
        obj.save(update_fields=form.changed_data)

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        """As when somebody deletes their own account: their connections end first, and the other side is notified."""
        people.delete(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for person in queryset:
            people.delete(person)
