"""`/accounts/hand-over/<id>/`: a counselor asks a client whether a colleague may go on."""

from http import HTTPStatus

from django.test import TestCase, override_settings
from django.utils import timezone

from accounts.connections import hand_overs
from accounts.models import Connection, HandOver
from common.ids import new_id
from counselor import practices
from counselor.models import Workspace
from tests.factories import make_connection, make_counselor, make_user
from tests.helpers import main_text


class HandOverTests(TestCase):
    def setUp(self) -> None:
        self.now = timezone.now()
        self.parent = make_user()
        self.counselor, self.colleague = make_counselor(), make_counselor(email="colleague@example.org", name="Bo Lind")
        self.connection = make_connection(self.counselor, self.parent)
        self.client.force_login(self.counselor)
        self.url = f"/accounts/hand-over/{self.connection.pk}/"

    def join(self) -> None:
        practices.open_practice(self.counselor, new_id(), "Lindgatan", self.now)
        invitation = practices.invite(self.counselor, new_id(), "Bo", self.now)
        practices.accept(self.colleague, invitation.content.token, self.now)

    def test_without_a_colleague_it_says_what_it_takes(self) -> None:
        assert "You can hand over to someone in your practice" in main_text(self.client.get(self.url))

    def test_nobody_outside_the_practice_is_handed_a_client(self) -> None:
        self.join()
        stranger = make_counselor(email="stranger@example.org")

        response = self.client.post(self.url, {"to": str(stranger.pk)})

        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert not HandOver.objects.exists()

    @override_settings(COUNSELORS_APPROVED=True)
    def test_no_client_is_handed_to_a_colleague_whom_the_operator_has_not_approved(self) -> None:
        self.join()
        Workspace.objects.filter(counselor=self.colleague).update(approved_at=None)

        assert "You can hand over to someone in your practice" in main_text(self.client.get(self.url))
        assert self.client.post(self.url, {"to": str(self.colleague.pk)}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert not HandOver.objects.exists()

    def test_is_asked_once_shown_and_withdrawn(self) -> None:
        self.join()
        assert "Your notes and your label stay with you" in main_text(self.client.get(self.url))

        for _twice in range(2):
            self.client.post(self.url, {"to": str(self.colleague.pk)})
        assert HandOver.objects.count() == 1
        assert "They haven’t answered yet" in main_text(self.client.get(self.url))
        for _twice in range(2):
            self.client.post(self.url, {"act": "withdraw"})

        assert hand_overs.of_counselor(self.counselor, self.connection.pk) is None
        assert "Ask my client" in main_text(self.client.get(self.url))

    def test_whom_the_client_has_already_is_refused_with_a_reason(self) -> None:
        self.join()
        make_connection(self.colleague, self.parent)

        response = self.client.post(self.url, {"to": str(self.colleague.pk)})

        assert "already connected with them" in main_text(response)

    def test_the_answer_is_read_once(self) -> None:
        self.join()
        self.client.post(self.url, {"to": str(self.colleague.pk)})
        hand_overs.decline(self.parent, HandOver.objects.get().pk, self.now)

        self.client.post(f"{self.url.replace(str(self.connection.pk), str(HandOver.objects.get().pk))}seen/")

        assert not hand_overs.unseen_answers(self.counselor)
        assert Connection.objects.active().filter(pk=self.connection.pk).exists()

    def test_who_went_on_with_a_colleague_is_among_those_that_ended(self) -> None:
        self.join()
        self.client.post(self.url, {"to": str(self.colleague.pk)})
        hand_overs.accept(self.parent, HandOver.objects.get().pk, parent_name="Mara", sees_answered=True, now=self.now)

        for page in ("/accounts/clients/?show=ended", f"/accounts/clients/{self.connection.pk}/"):
            assert "handed over to a colleague" in main_text(self.client.get(page))

        self.client.force_login(self.colleague)
        assert "Handed over to you Mara since" in " ".join(main_text(self.client.get("/today/")).split())
