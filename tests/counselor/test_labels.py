"""counselor.labels: a counselor's own words for their clients."""

from django.test import TestCase
from django.utils import timezone

from accounts.keys import keyring
from accounts.models import Connection
from common.ids import new_id
from counselor import invitations, labels
from tests.factories import make_connection, make_counselor, make_invitation, make_user


class LabelsTests(TestCase):
    def setUp(self) -> None:
        self.counselor = make_counselor()
        self.connection = make_connection(self.counselor, make_user(), parent_name="Mara")

    def save(self, label: str) -> None:
        labels.save(self.counselor, self.connection.pk, label, timezone.now())

    def test_a_label_is_kept_changed_and_taken_away(self) -> None:
        for label in ("of Tuesdays", "of Mondays"):
            self.save(label)
            assert labels.of_counselor(self.counselor) == {self.connection.pk: label}
            assert labels.of(Connection.objects.get()) == label

        self.save("")
        self.save("")

        assert labels.of_counselor(self.counselor) == {}
        assert labels.of(Connection.objects.get()) == ""

    def test_nobody_labels_the_client_of_another(self) -> None:
        other = make_counselor(email="other@example.org")

        labels.save(other, self.connection.pk, "mine", timezone.now())

        assert labels.of_counselor(other) == labels.of_counselor(self.counselor) == {}

    def test_all_labels_take_one_query(self) -> None:
        for number in range(5):
            parent = make_user(email=f"{number}@example.org")
            labels.save(self.counselor, make_connection(self.counselor, parent).pk, f"number {number}", timezone.now())

        with keyring.cached(), self.assertNumQueries(2):  # and the key
            assert len(labels.of_counselor(self.counselor)) == 5

    def test_a_connection_is_loaded_with_its_label(self) -> None:
        self.save("of Tuesdays")

        with keyring.cached(), self.assertNumQueries(2):  # and the key
            [connection] = labels.with_label(Connection.objects.of_counselor(self.counselor))
            assert labels.of(connection) == "of Tuesdays"
            assert labels.name_of(connection) == "Mara (of Tuesdays)"

    def test_the_name_of_an_invitation_is_the_first_label(self) -> None:
        invitation = make_invitation(self.counselor, name="from the Monday group")
        parent = make_user(email="tomas@example.org")

        for _twice in range(2):
            connection = invitations.accept(parent, invitation, parent_name="Tomas", sees_answered=True, now=timezone.now())

        assert labels.of(connection) == "from the Monday group"


def test_a_label_stands_beside_the_name_unless_it_says_the_same() -> None:
    assert labels.named("Mara", "Tuesdays") == "Mara (Tuesdays)"
    assert labels.named("Mara", "mara ") == "Mara"
    assert labels.named("Mara", "") == "Mara"


def test_who_is_called_like_others_is_found_with_them() -> None:
    mara, mara_l, maria, tomas = ids = [new_id() for _ in range(4)]
    names = dict(zip(ids, ["Mara", "MARÁ L.", "Maria", "Tomas"], strict=True))

    assert labels.alike(names, [mara]) == {mara: [mara, mara_l]}
    assert labels.alike(names, [mara_l, tomas]) == {mara_l: [mara, mara_l]}
    assert labels.alike(names, [maria, tomas]) == {}
    assert labels.alike(names, [mara, mara_l]) == {}  # nobody is left out
    assert labels.alike(names, [new_id()]) == {}
    assert labels.alike(dict.fromkeys(ids[:2], "…"), [mara]) == {mara: [mara, mara_l]}
