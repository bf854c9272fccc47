"""Counselors, for the operator: who has a workspace, who waits to be approved. What they and their clients write is on no page."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.admin import ModelAdmin
from counselor.models import Workspace
from counselor.workspace import approve, close_workspace


@admin.register(Workspace)
class WorkspaceAdmin(ModelAdmin):
    list_display = ("counselor", "name", "practice", "opened_at", "approved_at")
    list_filter = (("approved_at", admin.EmptyFieldListFilter),)
    list_select_related = ("counselor",)
    search_fields = ("counselor__email", "name", "practice")
    ordering = ("-opened_at",)
    actions = ("approve",)
    fields = readonly_fields = ("counselor", "name", "practice", "opened_at", "approved_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A workspace is opened by its counselor."""
        return False

    @admin.action(description=_("Approve the chosen workspaces"))
    def approve(self, request: HttpRequest, queryset: QuerySet[Workspace]) -> None:
        waiting = list(queryset.filter(approved_at=None))
        count = approve(queryset, timezone.now())
        for workspace in waiting:
            self.log_change(request, workspace, "approved")
        message = ngettext("%(count)d workspace is approved.", "%(count)d workspaces are approved.", count)
        self.message_user(request, message % {"count": count}, messages.SUCCESS)

    def delete_model(self, request: HttpRequest, obj: Workspace) -> None:
        """As when a counselor closes it: connections end first, and clients are told."""
        close_workspace(obj.counselor, timezone.now())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Workspace]) -> None:
        for workspace in queryset.select_related("counselor"):
            close_workspace(workspace.counselor, timezone.now())
