"""Approve counselors, on a site that approves them: what the admin page does, too."""

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from common.addresses import canonical_address
from counselor.models import Workspace
from counselor.workspace import approve


class Command(BaseCommand):
    help = "Approve counselors’ workspaces, by their email addresses. With none, list those waiting."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", nargs="*")

    def handle(self, *args: object, address: list[str], **options: object) -> None:
        addresses = {canonical_address(one) for one in address}
        workspaces = Workspace.objects.filter(counselor__email__in=addresses)
        if unknown := addresses - set(workspaces.values_list("counselor__email", flat=True)):
            raise CommandError(f"No one with a workspace has the address {', '.join(sorted(unknown))}. Nothing was approved.")
        if addresses:
            self.stdout.write(f"Approved: {approve(workspaces, timezone.now())}.")
            return
        waiting = Workspace.objects.filter(approved_at=None).select_related("counselor").order_by("opened_at")
        for workspace in waiting:
            practice = f", {workspace.practice}" if workspace.practice else ""
            self.stdout.write(f"{workspace.counselor.email}: {workspace.name}{practice}, since {workspace.opened_at:%Y-%m-%d}")
        if not waiting:
            self.stdout.write("No workspaces are waiting for approval.")
