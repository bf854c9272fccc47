"""The handshake, the offline page, the manifest and the worker."""

import pytest
from django.test import Client

from tests.factories import make_user


@pytest.mark.django_db
def test_the_offline_page_is_the_same_for_everybody(client: Client) -> None:
    nobodys = client.get("/offline/")
    client.force_login(make_user(name="Somebody"))

    somebodys = client.get("/offline/")

    assert nobodys.content == somebodys.content
    assert not nobodys.cookies
    assert b'csrfmiddlewaretoken" value=""' in nobodys.content
