"""Who a session belongs to."""

from allauth.account.auth_backends import AuthenticationBackend as AllauthAuthenticationBackend

from accounts.keys.slots import KeySlot
from accounts.models import User


class AuthenticationBackend(AllauthAuthenticationBackend):
    """Loads the person of a session together with their key slot, since nearly every page opens something of theirs."""

    def get_user(self, user_id: object) -> User | None:
        slot = KeySlot.objects.for_person(user_id).select_related("owner").first()
        if slot is None or slot.owner is None:
            person_without_key: User | None = super().get_user(user_id)
            return person_without_key
        person: User = slot.owner
        person.fetched_key_slot = slot
        return person if self.user_can_authenticate(person) else None
