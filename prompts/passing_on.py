"""What was assigned goes along when a client is handed over: the sets that are not finished, with what was answered of them."""

import datetime as dt
import uuid

from django.db.models import Q
from django.utils import timezone

from accounts.models import Connection
from prompts.models import AssignedStep, Assignment, PromptSet, colleagues_source


def pass_on(former: Connection, new: Connection) -> None:
    """Let the sets that still ask go on over the new connection, sealed with its key. Call within a transaction.

    The pages that answer them go on answering them. None of them shares its answers automatically any more: that was promised to
    somebody else. What was to end with the next session waits for one with the new counselor, who has a copy of each set, as of
    one that a colleague shares.
    """
    now = timezone.now()
    tonight = former.parent.tonight(now)
    still_ask = Q(ends_on=None) | Q(ends_on__gte=tonight)
    running = Assignment.objects.filter(still_ask, connection=former, ended_at=None, finished_at=None)
    # Locked in the same order as by an answer: first the steps, then the assignments.
    steps = list(AssignedStep.objects.select_for_update().filter(assignment__in=running).order_by("pk"))
    assignments = list(running.select_for_update(of=("self",)).select_related("set").order_by("pk"))
    going = {assignment.pk for assignment in assignments}
    copies: dict[uuid.UUID, PromptSet] = {}
    for assignment in assignments:
        content = assignment.sealed_content
        assignment.connection, assignment.sealed_content, assignment.shares = new, content, False
        if assignment.ends_with_session:
            assignment.ends_on = new.next_session_on
        if assignment.set is not None and new.counselor_id is not None:
            copy = copies.setdefault(assignment.set.pk, _copy(assignment.set, new.counselor_id, now))
            assignment.set, assignment.set_version = copy, copy.version
        assignment.save(update_fields=["connection", "sealed_content", "shares", "ends_on", "set", "set_version"])
    for step in steps:
        if step.assignment_id in going:
            content_of_step = step.sealed_content
            step.connection, step.sealed_content = new, content_of_step
            step.save(update_fields=["connection", "sealed_content"])


def _copy(prompt_set: PromptSet, counselor: uuid.UUID, now: dt.datetime) -> PromptSet:
    """The counselor's own copy of a colleague's set, as it is; one that they have already stays as it is."""
    return PromptSet.objects.copy_of(colleagues_source(prompt_set.pk), author=counselor, content=lambda _pk: prompt_set.content, now=now)
