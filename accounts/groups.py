"""A counselor's groups of clients. Nothing that a parent sees asks for them."""

import uuid
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models import Count

from accounts.models import Group, GroupWords, Tie, User, new_id

NAME_LIMIT = 80  # characters


def of(counselor: User) -> list[tuple[Group, int]]:
    """The counselor's groups in the order of their names, each with how many clients are in it. Two may have one name."""
    rows = Group.objects.of_counselor(counselor).annotate(clients=Count("members"))
    return sorted(((row, row.clients) for row in rows), key=lambda pair: (pair[0].words.name.casefold(), pair[0].pk))


def make(counselor: User, pk: uuid.UUID, name: str) -> Group:
    """A new group. `pk` is made when the page opens: the same sent twice is one group, another name is one more."""
    there = Group.objects.of_counselor(counselor).filter(pk=pk).first()
    if there is not None and there.words.name == name:
        return there
    if Group.objects.filter(pk=pk).exists():
        pk = new_id()
    group = Group(pk=pk, counselor=counselor, words=GroupWords(name=name))
    try:
        with transaction.atomic():
            group.save(force_insert=True)
    except IntegrityError:  # sent twice at once: now it is found
        return make(counselor, pk, name)
    return group


@transaction.atomic
def change(group: Group, name: str, members: Iterable[uuid.UUID]) -> None:
    """Give a group this name, and these members and no others: of the counselor's present clients. Safe to repeat."""
    if group.words.name != name:
        group.words = GroupWords(name=name)
        group.save(update_fields=["words"])
    group.members.set(Tie.objects.filter(counselor=group.counselor_id, pk__in=list(members)).alive())


def delete(counselor: User, group: uuid.UUID) -> None:
    """Delete a group. Its clients and what they were given stay. Safe to repeat."""
    Group.objects.of_counselor(counselor).filter(pk=group).delete()
