"""/privacy/: what is kept, and how, for anybody to read."""

from django.test import TestCase

from journal.entries import trash
from tests.factories import make_counselor, make_user
from tests.helpers import read, signed_in


class PrivacyTests(TestCase):
    def test_says_the_same_to_everybody(self) -> None:
        pages = [read(signed_in(person), "/privacy/") for person in (None, make_user(), make_counselor())]

        articles = [str(page.article) for page in pages]
        assert articles == articles[:1] * 3
        assert "Sealed with a key made for you" in articles[0]

    def test_names_the_days_that_a_deleted_page_can_be_put_back(self) -> None:
        page = read(self.client, "/privacy/")

        assert f"can be put back for {trash.KEEP_FOR.days} days" in page.get_text()

    def test_leads_to_people_to_call(self) -> None:
        article = read(self.client, "/privacy/").article

        assert article is not None
        assert article.select('a[href="/help/"]')
