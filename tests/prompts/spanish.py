"""A small library in the database, a part of which is translated into Spanish."""

from unittest import mock

from django.test import TestCase

from accounts.models import User
from prompts.library import translations
from prompts.library.translations import EMPTY, PromptTranslation, ThemeTranslation, Translation
from tests.factories import make_prompt, make_user

DOOR = PromptTranslation(
    slug="at-the-door", question="¿Qué pasó en la puerta esta noche?", if_stuck=("Las zapatillas también.",), tomorrow="Mira un momento."
)
SPANISH = Translation({"presence": ThemeTranslation(slug="presence", name="Presencia", line="Estar ahí.")}, {"at-the-door": DOOR})


class QuestionsCase(TestCase):
    author: User
    other: User

    @classmethod
    def setUpTestData(cls) -> None:
        make_prompt(slug="at-the-door", if_stuck=["Shoes count."], tomorrow="Look up.")
        make_prompt(slug="on-the-stairs", question="What did the stairs hear?")
        make_prompt(slug="on-the-phone", theme="repair", question="What did the phone hear?")
        make_prompt(slug="long-gone", retired=True)
        make_prompt(slug="on-a-path", daily=False)
        cls.author = make_user()
        cls.other = make_user(email="other@example.org")

    def setUp(self) -> None:
        self.enterContext(mock.patch.object(translations, "read", lambda language: SPANISH if language == "es" else EMPTY))
