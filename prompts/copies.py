"""What clients read of the sets that they were given, and what they keep of it once the connection has ended."""

import logging
import uuid
from collections.abc import Iterable

from accounts.keys.crypto import KeyringError
from prompts.models import AssignedStep, Assignment, AssignmentContent, KeptAssignment, KeptContent, StepContent

logger = logging.getLogger("nightlight.copies")


def keep(assignment: Assignment, steps: Iterable[AssignedStep]) -> None:
    """Make the client's own copy of an assignment and these steps, before its content is removed.

    What does not open is not kept: that keeps nobody from ending a connection.
    """
    try:
        content = KeptContent.of(assignment.content, steps)
        KeptAssignment(assignment=assignment, parent_id=assignment.connection.parent_id, content=content).save(force_insert=True)
    except KeyringError as error:
        logger.error("What was given could not be kept", exc_info=error)


def content_of(assignment: Assignment) -> AssignmentContent:
    """What the client reads of a set; after the connection has ended, from their own copy. Empty where there is none."""
    kept = _of(assignment)
    return kept.content.of_assignment if kept else assignment.content


def steps_of(assignment: Assignment) -> dict[uuid.UUID, StepContent]:
    """What the client keeps of the steps that had come before the connection ended, by their ids."""
    kept = _of(assignment)
    return kept.content.of_steps if kept else {}


def _of(assignment: Assignment) -> KeptAssignment | None:
    """The client's copy: no query where the assignment was loaded with it (`select_related("kept")`)."""
    return getattr(assignment, "kept", None)
