"""manage.py health: what /readyz tells nobody who happens to ask."""

from pathlib import Path

from django.test import TestCase

from accounts.keys import key_file
from accounts.models import KeySlot
from tests.factories import make_prompt
from tests.helpers import refusal, run


class HealthTests(TestCase):
    def test_says_that_all_is_well_and_where_the_key_is(self) -> None:
        make_prompt()
        data = Path("/srv/somewhere")
        for file, where in (
            (data / "keys" / "key-encryption-keys", "in NIGHTLIGHT_KEYS"),
            (Path("/run/secrets/keys"), "in NIGHTLIGHT_KEYS"),
        ):
            with self.settings(KEY_FILE=file, DATA_DIR=data):
                output = run("health")

            assert output.startswith("database: ok\nkeys: ok\n")
            assert f"The keys are {where}" in output
            assert "Keep a copy apart from the database and its backups" in output
            assert "/srv" not in output

    def test_says_where_the_key_file_is_in_general_terms(self) -> None:
        data = Path("/srv/somewhere")
        for file, where in (
            (data / "keys" / "key-encryption-keys", "in keys/key-encryption-keys of the data folder"),
            (Path("/run/secrets/keys"), "in the file that NIGHTLIGHT_KEY_FILE names"),
        ):
            with self.settings(KEY_ENCRYPTION_KEYS=[], KEY_FILE=file, DATA_DIR=data):
                assert key_file.location() == where

    def test_fails_with_what_is_missing(self) -> None:
        KeySlot.objects.filter(owner=None).delete()

        assert refusal("health") == "this installation isn’t ready."
