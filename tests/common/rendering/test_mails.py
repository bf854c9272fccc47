"""common.rendering.mails: a text and the HTML that goes with it."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail as sent
from django.utils import translation

from common.rendering import mail_styles, mails
from tests import mails as every_mail

TEXT = "Hello,\n\nHere is the code.\n\nABCD-EFGH\n\nWhere it came from:\n\n- device: <b>Chrome</b>\n- time: now\n\nhttps://example.org/a/\n\nNightlight\nexample.org"


def compose(language: str) -> mails.Mail:
    return mails.compose("accounts/notification", {"url": "https://example.org/", "settings": "https://example.org/settings/"}, language)


@pytest.mark.parametrize(("language", "subject"), [("en", "Something to read at Nightlight"), ("es", "Hay algo para leer en Nightlight")])
def test_is_composed_in_a_language_whatever_the_active_one(language: str, subject: str) -> None:
    with translation.override("en" if language == "es" else "es"):
        mail = compose(language)

    assert mail.subject == subject
    assert f'<html lang="{language}" dir="ltr">' in mail.html
    assert f"<title>{subject}</title>" in mail.html
    every_mail.check(mail.text, mail.html)


def test_a_site_that_prints_its_mails_prints_the_text_alone() -> None:
    assert mails.message(compose("en"), "parent@example.org").message().get_content_type() == "text/plain"


@every_mail.WITH_MAIL
def test_is_sent_with_both_and_its_headers() -> None:
    mails.message(compose("en"), "parent@example.org", {"List-Unsubscribe": "<https://example.org/stop/>"}).send()

    [message] = sent.outbox
    assert message.to == ["parent@example.org"]
    whole = message.message()
    assert whole["List-Unsubscribe"] == "<https://example.org/stop/>"
    assert [part.get_content_type() for part in whole.walk()] == ["multipart/alternative", "text/plain", "text/html"]


def test_a_text_becomes_html_that_says_the_same() -> None:
    html = mails.html_of("Your code", TEXT, "ABCD-EFGH")

    every_mail.check(TEXT, html)
    assert re.search(r'<p class="mail-code"[^>]*>ABCD-EFGH</p>', html)
    assert '<a href="https://example.org/a/"' in html
    assert html.count("<li>") == 2
    assert "&lt;b&gt;Chrome" in html


def test_a_list_of_mails_does_not_show_the_code() -> None:
    html = mails.html_of("Your code", TEXT, "ABCD-EFGH")

    assert every_mail.opening_of(html) == "Here is the code."
    assert len(html[html.index("Here is the code.") : html.index("Hello,")]) > 150


def test_each_style_is_inline_and_where_it_has_a_colour_also_for_the_night() -> None:
    html = compose("en").html

    assert 'class="mail-page" style="padding:36px 36px 28px;background-color:#fffdf8;' in html
    rules = html[html.index("prefers-color-scheme: dark") : html.index("</style>")]
    assert ".mail-page { background-color:#1a1f2b !important; border:1px solid #2c3342 !important }" in rules
    assert "font-size" not in rules


def test_the_colours_are_those_of_the_pages() -> None:
    css = (Path(settings.BASE_DIR) / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
    tokens = {name: (paper, night) for name, paper, night in re.findall(r"--([a-z-]+): light-dark\((#\w+), (#\w+)\);", css)}

    assert mail_styles.PAPER.keys() == mail_styles.NIGHT.keys()
    for name, paper in mail_styles.PAPER.items():
        assert tokens[name] == (paper, mail_styles.NIGHT[name])
