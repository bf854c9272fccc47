"""docs/export.schema.json says what an export holds."""

import jsonschema
import pytest
from hypothesis import given, settings

from common.values import Values
from tests.journal.exchange.nightlight import exports
from tests.journal.exchange.nightlight.test_completeness import SCHEMA

VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@given(values=exports.journals())
@settings(max_examples=10)
def test_what_tests_take_in_is_what_the_schema_describes(values: Values) -> None:
    jsonschema.validate(values, SCHEMA, cls=jsonschema.Draft202012Validator)


@pytest.mark.parametrize("name", ["pages", "support", "person"])
def test_a_file_without_one_of_its_parts_is_none(name: str) -> None:
    values = {"format": "nightlight-journal", "schema": 1, "made_at": "2026-03-01T21:04:00Z", "part": None, "pages": []}

    assert not VALIDATOR.is_valid({**values, name: None})
