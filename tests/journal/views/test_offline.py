"""/offline/: the writing page without a network, of which the service worker keeps one copy for everybody."""

import pytest
from django.test import Client
from django.test.signals import template_rendered
from pytest_django import Settings

from journal.views import offline
from tests.factories import make_user


@pytest.mark.django_db
def test_the_offline_page_is_the_same_for_everybody(client: Client) -> None:
    signed_out = client.get("/offline/")
    client.force_login(make_user(name="Somebody"))

    signed_in = client.get("/offline/")

    assert signed_out.content == signed_in.content
    assert not signed_out.cookies
    assert b'csrfmiddlewaretoken" value=""' in signed_out.content


def test_the_worker_knows_every_template_that_the_page_is_rendered_from(client: Client, settings: Settings) -> None:
    """A browser fetches the page anew when one of them changes."""
    settings.DEBUG = True  # nothing is taken from what was rendered before
    names = set()

    def note(template: object, **_kwargs: object) -> None:
        names.add(getattr(template, "name", None))

    template_rendered.connect(note)
    try:
        client.get("/offline/")
    finally:
        template_rendered.disconnect(note)

    assert names == set(offline.TEMPLATES)
