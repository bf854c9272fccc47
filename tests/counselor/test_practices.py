"""counselor.practices: counselors under one name, who see nothing of each other's clients."""

import datetime as dt

import pytest
from django.test import TestCase
from django.utils import timezone

from accounts import leaving
from accounts.connections import hand_overs
from accounts.models import Connection, User
from common.ids import new_id
from counselor import practices
from counselor.models import Membership, Practice, PracticeInvitation, PracticeSet, Workspace
from counselor.practices import NotPossible
from counselor.workspace import close_workspace, open_workspace
from tests.factories import make_connection, make_counselor, make_set, make_user

Role = Membership.Role


class PracticesCase(TestCase):
    def setUp(self) -> None:
        self.now = timezone.now()
        self.owner = make_counselor(practice="")
        self.colleague = make_counselor(email="colleague@example.org", name="Bo Lind", practice="Alone")
        self.connection = make_connection(self.colleague, make_user(), parent_name="Mara")
        self.practice = practices.open_practice(self.owner, new_id(), "Lindgatan", self.now)

    def invite(self, name: str = "Bo") -> PracticeInvitation:
        return practices.invite(self.owner, new_id(), name, self.now)

    def join(self, counselor: User | None = None) -> Practice:
        return practices.accept(counselor or self.colleague, self.invite().content.token, self.now)

    def roles(self) -> dict[str, str]:
        return {row.counselor.email: row.role for row, _name in practices.members(self.practice)}

    def shown(self, counselor: User) -> tuple[str, set[str]]:
        """What the invitations and the clients of a counselor show beside their name."""
        shown = set(Connection.objects.filter(counselor=counselor).active().values_list("practice", flat=True))
        return Workspace.objects.get(counselor=counselor).practice, shown


class OpeningTests(PracticesCase):
    def test_who_opens_one_owns_it_and_shows_its_name(self) -> None:
        assert self.roles() == {self.owner.email: Role.OWNER}
        assert self.shown(self.owner)[0] == "Lindgatan"

    def test_opening_it_twice_is_opening_it_once(self) -> None:
        again = practices.open_practice(self.owner, self.practice.pk, "Lindgatan", self.now)

        assert again == self.practice
        assert Practice.objects.count() == 1

    def test_nobody_opens_a_second_one_or_one_without_a_workspace(self) -> None:
        for person in (self.owner, make_user(email="parent@example.com")):
            with pytest.raises(NotPossible):
                practices.open_practice(person, new_id(), "Another", self.now)

    def test_the_id_of_another_practice_opens_nothing(self) -> None:
        with pytest.raises(NotPossible):
            practices.open_practice(self.colleague, self.practice.pk, "Mine", self.now)

        assert Practice.objects.get().name == "Lindgatan"

    def test_its_owner_renames_it_for_everybody_and_nobody_else_does(self) -> None:
        self.join()

        practices.rename(self.colleague, "Mine")
        practices.rename(self.owner, "Storgatan")

        assert self.shown(self.owner)[0] == "Storgatan"
        assert self.shown(self.colleague) == ("Storgatan", {"Storgatan"})

    def test_a_workspace_that_is_saved_keeps_the_name_of_the_practice(self) -> None:
        open_workspace(self.owner, name="Ines Holm", practice="Something else", line="", now=self.now)

        assert self.shown(self.owner)[0] == "Lindgatan"


class JoiningTests(PracticesCase):
    def test_an_invitation_makes_a_counselor_of_the_practice_once(self) -> None:
        invitation = self.invite()

        for _twice in range(2):
            assert practices.accept(self.colleague, invitation.content.token, self.now) == self.practice

        assert self.roles() == {self.owner.email: Role.OWNER, self.colleague.email: Role.COUNSELOR}
        assert self.shown(self.colleague) == ("Lindgatan", {"Lindgatan"})

    def test_it_works_for_one_person(self) -> None:
        invitation = self.invite()
        practices.accept(self.colleague, invitation.content.token, self.now)

        with pytest.raises(NotPossible):
            practices.accept(make_counselor(email="third@example.org"), invitation.content.token, self.now)

    def test_not_once_withdrawn_or_old_or_for_who_has_no_workspace_or_is_elsewhere(self) -> None:
        withdrawn, old, good = self.invite("one"), self.invite("two"), self.invite("three")
        practices.withdraw(self.owner, withdrawn.pk, self.now)
        elsewhere = make_counselor(email="elsewhere@example.org")
        practices.open_practice(elsewhere, new_id(), "Elsewhere", self.now)

        for person, invitation, when in [
            (self.colleague, withdrawn, self.now),
            (self.colleague, old, self.now + practices.INVITATION_LASTS + dt.timedelta(minutes=1)),
            (make_user(email="parent@example.com"), good, self.now),
            (elsewhere, good, self.now),
        ]:
            with pytest.raises(NotPossible):
                practices.accept(person, invitation.content.token, when)
        with pytest.raises(NotPossible):
            practices.accept(self.colleague, "nonsense", self.now)

    def test_only_an_owner_invites_and_withdraws(self) -> None:
        self.join()
        waiting = self.invite()

        with pytest.raises(NotPossible):
            practices.invite(self.colleague, new_id(), "Third", self.now)
        practices.withdraw(self.colleague, waiting.pk, self.now)

        assert list(practices.invitations(self.practice, self.now)) == [waiting]

    def test_inviting_is_sent_twice_and_done_once(self) -> None:
        pk = new_id()

        assert practices.invite(self.owner, pk, "Bo", self.now).pk == practices.invite(self.owner, pk, "Bo", self.now).pk

    def test_so_many_wait_at_most(self) -> None:
        for number in range(practices.MOST_OPEN):
            self.invite(str(number))

        with pytest.raises(NotPossible):
            self.invite("one more")


class LeavingTests(PracticesCase):
    def test_clients_stay_and_no_longer_see_the_practice(self) -> None:
        self.join()

        for _twice in range(2):
            practices.leave(self.colleague, self.now)

        assert self.roles() == {self.owner.email: Role.OWNER}
        assert self.shown(self.colleague) == ("", {""})
        assert Connection.objects.active().filter(pk=self.connection.pk).exists()

    def test_where_the_owner_leaves_who_has_been_there_longest_owns_it(self) -> None:
        self.join()
        third = make_counselor(email="third@example.org")
        practices.accept(third, self.invite().content.token, self.now + dt.timedelta(days=1))

        practices.leave(self.owner, self.now)

        assert self.roles() == {self.colleague.email: Role.OWNER, third.email: Role.COUNSELOR}

    def test_the_last_one_closes_it(self) -> None:
        practices.leave(self.owner, self.now)

        assert not Practice.objects.exists()

    def test_an_owner_takes_a_colleague_out_and_nobody_else_does(self) -> None:
        self.join()

        practices.remove(self.colleague, self.owner.pk, self.now)
        practices.remove(self.owner, self.owner.pk, self.now)
        assert len(self.roles()) == 2
        practices.remove(self.owner, self.colleague.pk, self.now)

        assert self.roles() == {self.owner.email: Role.OWNER}
        assert Connection.objects.active().filter(pk=self.connection.pk).exists()

    def test_a_second_owner_does_what_the_first_does(self) -> None:
        self.join()

        practices.make_owner(self.colleague, self.colleague.pk)
        assert self.roles()[self.colleague.email] == Role.COUNSELOR
        practices.make_owner(self.owner, self.colleague.pk)

        assert self.roles()[self.colleague.email] == Role.OWNER
        practices.remove(self.colleague, self.owner.pk, self.now)
        assert self.roles() == {self.colleague.email: Role.OWNER}

    def test_who_deletes_the_account_or_closes_the_workspace_leaves(self) -> None:
        self.join()
        third = make_counselor(email="third@example.org")
        practices.accept(third, self.invite().content.token, self.now)

        leaving.delete(User.objects.get(pk=self.owner.pk))
        close_workspace(third, self.now)

        assert self.roles() == {self.colleague.email: Role.OWNER}


class SharedSetTests(PracticesCase):
    def setUp(self) -> None:
        super().setUp()
        self.join()
        self.set = make_set(self.owner, name="First weeks")

    def test_colleagues_see_a_shared_set_and_nobody_else_does(self) -> None:
        for _twice in range(2):
            assert practices.share_set(self.owner, self.set.pk, self.now)

        assert list(practices.shared_sets(self.colleague)) == [self.set]
        assert not practices.shared_sets(self.owner)
        assert not practices.shared_sets(make_counselor(email="stranger@example.org"))

    def test_nobody_shares_anothers_set_or_one_outside_a_practice(self) -> None:
        stranger = make_counselor(email="stranger@example.org")

        assert not practices.share_set(self.colleague, self.set.pk, self.now)
        assert not practices.share_set(stranger, make_set(stranger).pk, self.now)
        assert not PracticeSet.objects.exists()

    def test_it_is_shared_no_longer_once_its_author_says_so_or_leaves(self) -> None:
        practices.share_set(self.owner, self.set.pk, self.now)
        practices.keep_set(self.colleague, self.set.pk)
        assert practices.shared_sets(self.colleague)

        practices.keep_set(self.owner, self.set.pk)
        assert not practices.shared_sets(self.colleague)

        practices.share_set(self.owner, self.set.pk, self.now)
        practices.leave(self.owner, self.now)
        assert not practices.shared_sets(self.colleague)

    def test_a_removed_set_is_shared_with_nobody(self) -> None:
        practices.share_set(self.owner, self.set.pk, self.now)
        self.set.removed_at = self.now
        self.set.save()

        assert not practices.shared_sets(self.colleague)


class HandOversEndTests(PracticesCase):
    def test_who_leaves_hands_nobody_over_and_is_handed_nobody(self) -> None:
        self.join()
        hand_overs.ask(self.colleague, self.connection.pk, self.owner, "Ines Holm", self.now)

        practices.leave(self.owner, self.now)

        assert hand_overs.of_counselor(self.colleague, self.connection.pk) is None

    def test_colleagues_are_the_others_in_the_practice(self) -> None:
        self.join()

        assert [row.name for row in practices.colleagues(self.owner)] == ["Bo Lind"]
        assert not practices.colleagues(make_counselor(email="stranger@example.org"))
