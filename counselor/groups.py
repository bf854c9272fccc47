"""A counselor's groups of clients. Parents' pages never query them."""

import uuid
from collections.abc import Collection

from django.db import transaction
from django.db.models import Count

from accounts.models import Connection, User
from common.ids import create_once
from common.text import fold
from counselor.models import ClientGroup, ClientGroupContent

NAME_LIMIT = 80  # characters


def with_counts(counselor: User) -> list[tuple[ClientGroup, int]]:
    """The counselor's groups, sorted by name, each with its number of clients. Names need not be unique."""
    rows = ClientGroup.objects.of_counselor(counselor).annotate(clients=Count("members"))
    return sorted(((row, row.clients) for row in rows), key=lambda pair: (fold(pair[0].content.name), pair[0].pk))


def create(counselor: User, pk: uuid.UUID, name: str) -> ClientGroup:
    """Idempotent per `pk`, which the page generated; another name under the same `pk` creates another group."""

    def build(new_pk: uuid.UUID) -> ClientGroup:
        return ClientGroup(pk=new_pk, counselor=counselor, content=ClientGroupContent(name=name))

    own = ClientGroup.objects.of_counselor(counselor)
    group, _created = create_once(own, pk, build=build, is_same=lambda existing: existing.content.name == name)
    return group


@transaction.atomic
def change(group: ClientGroup, name: str, members: Collection[uuid.UUID], seen: Collection[uuid.UUID] | None = None) -> None:
    """Set a group's name and members; ids that are not of the counselor's present clients are ignored. Idempotent.

    `seen` are those who were in it on the page that was sent: who was put in or taken out elsewhere since stays so. Without it
    the members are exactly these.
    """
    ClientGroup.objects.select_for_update().get(pk=group.pk)
    if group.content.name != name:
        group.content = ClientGroupContent(name=name)
        group.save(update_fields=["content"])
    wanted = set(members)
    if seen is not None:
        present = set(group.members.order_by().values_list("pk", flat=True))
        wanted = present - (set(seen) - wanted) | (wanted - set(seen))
    group.members.set(Connection.objects.filter(counselor=group.counselor_id, pk__in=wanted).active())


def delete(counselor: User, group: uuid.UUID) -> None:
    """Delete a group. Its clients and their assignments stay. Idempotent."""
    ClientGroup.objects.of_counselor(counselor).filter(pk=group).delete()
