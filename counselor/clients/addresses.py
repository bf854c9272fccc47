"""Where what is said of a client leads to."""

import uuid

from common.rendering.addresses import address_of


def client(connection: uuid.UUID) -> str:
    """The page of a client."""
    return address_of("counselor:client", connection)


def session(connection: uuid.UUID) -> str:
    """The page on which a counselor reads what this client shared, and prepares for the session."""
    return address_of("counselor:session", connection)


def opening(connection: uuid.UUID) -> str:
    """Where a press opens what is new of a client, and leads to their session."""
    return address_of("counselor:session_open", connection)


def assigning(connection: uuid.UUID) -> str:
    """The page on which this client is given a set."""
    return f"{address_of('counselor:assignment_new')}?client={connection}"


def assignment(pk: uuid.UUID) -> str:
    """The page of an assignment."""
    return address_of("counselor:assignment", pk)
