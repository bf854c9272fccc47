"""Mails: a subject, a text, and HTML that says the same words. templates/mail/frame.html is what every one of them looks like."""

import email.message
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.policy import Policy
from email.policy import default as default_policy
from typing import NamedTuple

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.views.decorators.debug import sensitive_variables

from common.rendering import mail_styles

LONGEST_LINE = 998  # characters: RFC 5322, 2.1.1


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to nobody yet. `html` needs nothing from anywhere else: no image, no script, no font."""

    subject: str
    text: str
    html: str


class Part(NamedTuple):
    """A part of a text: a paragraph, a code or an address on a line of its own, or a list. `lines` are the items of a list."""

    kind: str
    lines: list[str]


@sensitive_variables()
def compose(template: str, context: Mapping[str, object], language: str) -> Mail:
    """The mail of TEMPLATE_subject.txt, TEMPLATE.txt and TEMPLATE.html in a language. The HTML extends mail/frame.html."""
    with translation.override(language):
        subject = " ".join(render_to_string(f"{template}_subject.txt", dict(context)).split())
        text = render_to_string(f"{template}.txt", dict(context)).strip() + "\n"
        return Mail(subject, text, _rendered(f"{template}.html", subject, context))


class _Message(EmailMultiAlternatives):
    """A mail whose headers stay on one line. One of the usual length would be written in pieces, each encoded as words are, where it
    has no space to be broken at: mail programs do not read an address of `List-Unsubscribe` so. RFC 5322 allows the line.
    """

    def message(self, *, policy: Policy | None = None) -> email.message.EmailMessage:
        return super().message(policy=(policy or default_policy).clone(max_line_length=LONGEST_LINE))


@sensitive_variables()
def message(mail: Mail, to: str, headers: Mapping[str, str] | None = None) -> EmailMultiAlternatives:
    """The mail as it is sent to one person: `.send()` sends it."""
    addressed = _Message(mail.subject, mail.text, None, [to], headers=dict(headers or {}))
    attach(addressed, mail.html)
    return addressed


@sensitive_variables()
def attach(addressed: EmailMultiAlternatives, html: str) -> None:
    """Give a mail its HTML. A site without a mail server prints its mails, and of them the text alone."""
    if settings.MAILER:
        addressed.attach_alternative(html, "text/html")


@sensitive_variables()
def html_of(subject: str, text: str, code: str = "") -> str:
    """HTML for a mail that is a text alone, in the active language; the last paragraph is the foot.

    A paragraph that is nothing but `code` is set large, to be copied; one that is nothing but an address is a link.
    """
    *parts, foot = _parts(text, code)
    opening = next((part.lines[0] for part in parts[1:] if part.kind == "text"), "")  # after the greeting
    return _rendered("mail/of_text.html", subject, {"parts": parts, "foot": foot, "opening": opening})


@sensitive_variables()
def _parts(text: str, code: str) -> Iterator[Part]:
    for paragraph in filter(None, map(str.strip, text.replace("\r\n", "\n").split("\n\n"))):
        lines = paragraph.split("\n")
        if code and paragraph == code:
            yield Part("code", lines)
        elif paragraph.startswith(("https://", "http://")) and len(paragraph.split()) == 1:
            yield Part("link", lines)
        elif all(line.startswith("- ") for line in lines):
            yield Part("list", [line.removeprefix("- ") for line in lines])
        else:
            yield Part("text", lines)


@sensitive_variables()
def _rendered(template: str, subject: str, context: Mapping[str, object]) -> str:
    frame = {"subject": subject, "night_rules": mail_styles.NIGHT_RULES}
    return mail_styles.inlined(render_to_string(template, {**context, **frame}).strip() + "\n")
