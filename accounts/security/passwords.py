"""Passwords that are tried first, since they are known from breaches, are refused: docs/decisions/0038.

Django brings a list of the twenty thousand commonest, `zxcvbn` another of thirty thousand, and it recognises the ways in
which people change them a little. Nothing is asked of another site.
"""

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from zxcvbn import zxcvbn

MIN_LENGTH = 10  # a shorter one is refused for that already
EXAMINED = 64  # characters: what is longer is judged by its beginning, so that its length costs nothing
ENOUGH = 3  # of zxcvbn's scores: from a hundred million guesses on


class BreachedPasswordValidator(CommonPasswordValidator):
    """For AUTH_PASSWORD_VALIDATORS: refuses what somebody with the lists of breaches would guess soon."""

    def validate(self, password: str, user: object = None) -> None:
        if len(password) >= MIN_LENGTH and self._is_guessed_soon(password):
            raise ValidationError(
                _(
                    "This password, or one much like it, leaked from another site, so attackers try it first. Choose "
                    "three or four words that have nothing to do with each other."
                ),
                code="password_breached",
            )

    def get_help_text(self) -> str:
        return _("Don’t use one that leaked from another site, or one much like it.")

    def _is_guessed_soon(self, password: str) -> bool:
        is_listed = password.lower().strip() in self.passwords
        return is_listed or zxcvbn(password[:EXAMINED], max_length=EXAMINED)["score"] < ENOUGH
