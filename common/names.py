"""What people and practices call themselves, and a line to somebody. They go into mails to people who do not know their sender: names
carry no message, and neither leads anywhere.
"""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.addresses import JOINERS
from common.text import one_line

# What mail programs turn into something to press, or to call: https://…, www.…, name@site, site.org (also with the full
# stops that browsers read as one), and seven digits or more.
_ADDRESS = re.compile(r"://|\bwww\.|\w@\w|\w[.\u3002][^\W\d_]{2,}", re.IGNORECASE)
_TELEPHONE = re.compile(r"\d(?:[\s()./+-]*\d){6,}")


def tidy_name(text: str) -> str:
    """The name on one line, without characters that cannot be seen."""
    composed = unicodedata.normalize("NFC", one_line(text))
    return one_line("".join(letter for letter in composed if not _is_invisible(letter)))


def named(name: str, label: str) -> str:
    """Somebody's own name with what another calls them beside it, as "Mara (Tuesdays)"; only one of the two where they are the same."""
    return f"{name} ({label})" if label and label.strip().casefold() != name.strip().casefold() else name


def validate_name(name: str) -> None:
    """Raises ValidationError for a name with a line break, an invisible character, an address or a telephone number in it."""
    if any(_is_invisible(letter) or letter in "\u2028\u2029" for letter in name):
        raise ValidationError(_("A name fits on one line, without hidden characters."), code="invisible")
    if _can_be_pressed(name):
        raise ValidationError(
            _("A name can’t include a web or email address or a phone number. After a period, leave a space."), code="address"
        )


def validate_line(text: str) -> None:
    """Raises ValidationError for a line to somebody, which is mailed to them, with an address or a telephone number in it."""
    if _can_be_pressed(text):
        raise ValidationError(
            _("Leave out web and email addresses and phone numbers, and write dates in words. After a period, leave a space."),
            code="address",
        )


def _can_be_pressed(text: str) -> bool:
    plain = unicodedata.normalize("NFKC", text)
    return bool(_ADDRESS.search(plain) or _TELEPHONE.search(plain))


def _is_invisible(letter: str) -> bool:
    return unicodedata.category(letter) in {"Cc", "Cf"} and letter not in JOINERS
