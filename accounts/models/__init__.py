"""People, and their connections to counselors. Key slots are in `accounts.keys`."""

from accounts.keys.slots import KeySlot
from accounts.models.children import Age, Child, Children
from accounts.models.connection import Connection, ConnectionQuerySet, HandOver
from accounts.models.user import Appearance, IdleTime, Preferences, Role, User, UserManager, validate_time_zone

__all__ = [
    "Age",
    "Appearance",
    "Child",
    "Children",
    "Connection",
    "ConnectionQuerySet",
    "HandOver",
    "IdleTime",
    "KeySlot",
    "Preferences",
    "Role",
    "User",
    "UserManager",
    "validate_time_zone",
]
