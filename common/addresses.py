"""E-mail addresses in one form, so that one mailbox is one identity."""

import unicodedata

import idna
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

JOINERS = "\u200c\u200d"  # invisible, yet letters of some scripts depend on them


def canonical_address(text: str) -> str:
    """The address in the form in which addresses are stored and compared: the domain in ASCII (IDNA 2008), everything in lower case.

    Full-width and other compatibility forms become plain ones (NFKC), and invisible characters, which come along when an
    address is pasted, are removed. Never raises, and changes nothing that it returned itself. It does not say whether the
    address is valid: `validate_address` does.
    """
    visible = "".join(letter for letter in unicodedata.normalize("NFKC", text) if unicodedata.category(letter) != "Cf" or letter in JOINERS)
    local, at, domain = visible.strip().rpartition("@")
    for joiner in JOINERS:
        local = local.replace(joiner, "")
    return f"{local.lower()}{at}{_ascii_domain(domain.lower())}"


def _ascii_domain(domain: str) -> str:
    if domain.isascii():
        return domain
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError:  # no domain at all: `validate_address` refuses it
        return domain


def validate_address(address: str) -> None:
    """Raises ValidationError for what is no address in canonical form.

    Django's own validator lets domains pass that no registry has, and a few letters that are not ASCII ("ı").
    """
    validate_email(address)
    if address != canonical_address(address) or not address.isascii():
        raise ValidationError(validate_email.message, code=validate_email.code)
