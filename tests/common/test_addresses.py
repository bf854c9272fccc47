"""common.addresses: one mailbox is one identity, however its address is written."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from common.addresses import canonical_address, validate_address

MUNICH = "mara@xn--mnchen-3ya.de"


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("Mara@Example.ORG", "mara@example.org"),
        ("  mara@example.org\n", "mara@example.org"),
        ("mara@münchen.de", MUNICH),
        ("mara@MÜNCHEN.de", MUNICH),
        ("mara@mu\u0308nchen.de", MUNICH),
        (MUNICH.upper(), MUNICH),
        ("x@straße.de", "x@xn--strae-oqa.de"),  # as registries have it since IDNA 2008; the standard library would say strasse.de
        ("x@例え。jp", "x@xn--r8jz45g.jp"),
        ("x@نامه\u200cای.com", "x@xn--mgba3gch31f060k.com"),  # invisible, and part of the name
        ("ｍａｒａ＠ｅｘａｍｐｌｅ．ｏｒｇ", "mara@example.org"),
        ("ma\u200bra\u00ad@exam\u2060ple.org\ufeff", "mara@example.org"),
        ("\u202emara\u202c@example.org", "mara@example.org"),
        ("ma\u200dra@example.org", "mara@example.org"),
        ("\u212aate@example.org", "kate@example.org"),  # the Kelvin sign
    ],
)
def test_one_form(written: str, canonical: str) -> None:
    assert canonical_address(written) == canonical
    validate_address(canonical)


@pytest.mark.parametrize(
    "written", ["", "@", "mara", "mara@", "mıra@example.org", "mara@exa\u200cmple.org", "mara@ex..ämple", "x@-ä.de", "x@ä b.de"]
)
def test_what_is_no_address_is_left_to_the_validator_to_refuse(written: str) -> None:
    with pytest.raises(ValidationError):
        validate_address(canonical_address(written))


@given(st.text(max_size=30), st.text(max_size=30))
def test_never_fails_and_changes_nothing_that_it_returned(local: str, domain: str) -> None:
    once = canonical_address(f"{local}@{domain}")
    try:
        validate_address(once)
    except ValidationError:
        return
    assert canonical_address(once) == once
    assert once.isascii()
