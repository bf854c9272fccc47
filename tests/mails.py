"""What is true of every mail: its HTML says what its text says, leads where that leads, and needs nothing from anywhere else."""

import re

from bs4 import BeautifulSoup, Comment
from django.core.mail import EmailMessage
from django.test import override_settings

MAILER = {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}
WITH_MAIL = override_settings(MAILER=MAILER, MAILERS={"default": MAILER})  # as on a site with a mail server

ADDRESS = re.compile(r"https?://\S+")
WORD = re.compile(r"\w+")


def _words(text: str) -> list[str]:
    return WORD.findall(ADDRESS.sub(" ", text))


def words_of_html(html: str) -> list[str]:
    """What is read of it, also by a screen reader."""
    body = BeautifulSoup(html, "html.parser").body
    assert body is not None
    for hidden in body.select("[aria-hidden=true]"):
        hidden.decompose()
    for comment in body.find_all(string=lambda string: isinstance(string, Comment)):
        comment.extract()
    return _words(body.get_text(" "))


def opening_of(html: str) -> str:
    """What a list of mails shows of it after the subject."""
    hidden = BeautifulSoup(html, "html.parser").select_one("body > [aria-hidden=true]")
    return re.sub(r"[\u034f\u200c\u00a0\u2007\ufeff]", "", hidden.get_text()).strip() if hidden else ""


def whole(message: EmailMessage) -> str:
    """Everything that a mail says, whoever reads it how."""
    return f"{message.subject}\n{message.body}\n{getattr(message, 'alternatives', '')}"


def check(text: str, html: str) -> None:
    assert _words(text) == words_of_html(html)
    assert opening_of(html) in re.sub(r"\s+", " ", text)
    page = BeautifulSoup(html, "html.parser")
    assert {str(link["href"]) for link in page.select("a[href]")} == set(ADDRESS.findall(text))
    assert not page.select("[src], [srcset], [background], link, script, iframe, object, form, style ~ style")
    assert "url(" not in html
    assert "@import" not in html
    assert html.startswith("<!doctype html>")
    assert page.select_one("html[lang][dir] meta[name=color-scheme]")
    assert {str(node["role"]) for node in page.select("table")} <= {"presentation"}
    unstyled = [node for node in page.select("body [class]") if not node.get("style")]
    assert not unstyled, unstyled
