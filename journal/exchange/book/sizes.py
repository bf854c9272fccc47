"""The sizes of paper that a book comes in."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Size(TextChoices):
    A5 = "a5", _("A5, like a paperback")
    A4 = "a4", _("A4")
    LETTER = "letter", _("US Letter")

    @property
    def style(self) -> str:
        """The name of its style sheet."""
        return f"{self.value}.css"
