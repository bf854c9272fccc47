"""The admin pages show that people exist; what they wrote is on none of them."""

from allauth.account.decorators import secure_admin_login
from django import forms
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from accounts import leaving
from accounts.models import User
from accounts.security import second_step
from accounts.security.log import Event, record

admin.site.site_header = admin.site.site_title = "Nightlight"


def has_permission(request: HttpRequest) -> bool:
    """Members of staff who have taken a second step in this session: see `second_step.required`, to which the others are led."""
    person = request.user
    return (
        isinstance(person, User)
        and person.is_active
        and person.is_staff
        and second_step.was_taken(request)
        and second_step.is_set_up(person)
    )


admin.site.has_permission = has_permission  # type: ignore[method-assign]
admin.site.login = second_step.required(secure_admin_login(admin.site.login))  # type: ignore[method-assign]


class ModelAdmin(admin.ModelAdmin):
    """What all pages of the admin here share: scripts that the site's policy allows, and a line in the log for what staff do."""

    @property
    def media(self) -> forms.Media:
        """Django's own scripts without jQuery, which makes markup of texts: the site's policy forbids that on every page."""
        return forms.Media(js=["admin/js/core.js", "admin/js/actions.js"])

    # What staff do is in the log of security events, too: Django's own table of it could be changed by whoever changes the database.

    def log_addition(self, request: HttpRequest, obj: Model, message: object) -> LogEntry:
        _record(request, "added", obj)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: object) -> LogEntry:
        _record(request, "changed", obj)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Model]) -> list[LogEntry]:
        for row in queryset:
            _record(request, "deleted", row)
        return super().log_deletions(request, queryset)


def _record(request: HttpRequest, act: str, changed: Model) -> None:
    if isinstance(request.user, User):
        record(Event.STAFF_ACTED, person=request.user.pk, request=request, act=act, model=changed._meta.label_lower, row=changed.pk)


@admin.register(User)
class UserAdmin(ModelAdmin):
    list_display = ("email", "name", "date_joined", "is_active", "is_staff")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email", "name")
    ordering = ("-date_joined",)
    fields = ("email", "name", "is_active", "is_staff", "date_joined", "last_login")
    readonly_fields = ("email", "date_joined", "last_login")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Without the practice clients, who are nobody."""
        return super().get_queryset(request).filter(example_of=None)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """People sign up, or are created with `manage.py createsuperuser`: a form here would set no password."""
        return False

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm, change: bool) -> None:
        """Saves what was changed here: other columns may have been changed since the page was opened."""
        obj.save(update_fields=form.changed_data)

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        """As when somebody deletes their own account: their connections end first, and the other side is notified."""
        leaving.delete(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for person in queryset:
            leaving.delete(person)
