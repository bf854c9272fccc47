"""/offline/: the writing page without a network, of which the service worker keeps one copy for everybody."""

import pytest
from django.test import Client

from tests.factories import make_user


@pytest.mark.django_db
def test_the_offline_page_is_the_same_for_everybody(client: Client) -> None:
    signed_out = client.get("/offline/")
    client.force_login(make_user(name="Somebody"))

    signed_in = client.get("/offline/")

    assert signed_out.content == signed_in.content
    assert not signed_out.cookies
    assert b'csrfmiddlewaretoken" value=""' in signed_out.content
