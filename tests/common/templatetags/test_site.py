"""common.templatetags.site: addresses and parts of pages that are the same for everybody."""

import pytest
from django.http import HttpRequest
from django.template import Context, RequestContext, Template
from django.test import SimpleTestCase, override_settings
from django.urls import NoReverseMatch, path, set_script_prefix, set_urlconf
from django.utils import translation
from django.views.generic import View

urlpatterns = [path("elsewhere/<int:number>/", View.as_view(), name="help")]


def rendered(source: str, **values: object) -> str:
    return Template(source).render(Context(values))


class AddressTests(SimpleTestCase):
    def test_is_djangos(self) -> None:
        for _again in range(2):
            assert rendered('{% url "help" %} {% url "journal:tonight" %}') == "/help/ /tonight/"

    def test_takes_arguments_and_a_variable(self) -> None:
        assert rendered('{% url "prompts:prompt" slug %}', slug="at-the-door") == "/prompts/at-the-door/"
        assert rendered("{% url name as address %}{{ address }}", name="help") == "/help/"
        assert rendered("{% url name %}", name="privacy") == "/privacy/"

    def test_says_where_there_is_no_such_address(self) -> None:
        for _again in range(2):
            with pytest.raises(NoReverseMatch):
                rendered('{% url "nowhere" %}')

    @override_settings(ROOT_URLCONF=__name__)
    def test_follows_the_urls_in_use(self) -> None:
        with pytest.raises(NoReverseMatch):
            rendered('{% url "help" %}')
        assert rendered('{% url "help" 3 %}') == "/elsewhere/3/"

    def test_follows_the_urls_of_the_thread(self) -> None:
        set_urlconf(__name__)
        try:
            with pytest.raises(NoReverseMatch):
                rendered('{% url "help" %}')
        finally:
            set_urlconf(None)

    def test_leaves_the_admins_own_addresses_to_django(self) -> None:
        request = HttpRequest()
        request.current_app = "admin"

        assert Template('{% url "admin:index" %}').render(RequestContext(request)) == "/admin/"


class SameForAllTests(SimpleTestCase):
    def test_follows_language_and_values(self) -> None:
        source = '{% same_for_all "components/nav.html" role=role link=link current="page" %}'

        pages = set()
        for language in ("en", "es", "en"):
            with translation.override(language):
                pages |= {rendered(source, role=role, link=link) for role in ("", "parent") for link in ("", "journal:timeline")}

        assert len(pages) == 6  # a visitor's are the same whatever page is open
        assert {'aria-current="page"' in page for page in pages} == {True, False}

    def test_follows_the_prefix_below_which_the_site_lies(self) -> None:
        source = '{% navigation "" %}'
        assert 'href="/accounts/login/"' in rendered(source)

        set_script_prefix("/night/")
        try:
            assert 'href="/night/accounts/login/"' in rendered(source)
        finally:
            set_script_prefix("/")

    def test_knows_nothing_of_the_page_around_it(self) -> None:
        assert "secret" not in rendered('{% same_for_all "components/lock.html" locks_after=60 %}', locks_after="secret", request="secret")

    @override_settings(DEBUG=True)
    def test_is_rendered_anew_while_it_is_developed(self) -> None:
        assert "<nav" in rendered('{% navigation "" %}')
