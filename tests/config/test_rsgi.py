"""config.rsgi: how long the body of a request may be, by who seems to send it."""

import pytest
from django.conf import settings

from config.rsgi import body_limit

SESSION, CSRF = f"{settings.SESSION_COOKIE_NAME}=a", f"{settings.CSRF_COOKIE_NAME}=a"


@pytest.mark.parametrize(
    ("cookie", "limit"),
    [
        (None, settings.STRANGER_UPLOAD_MAX_MEMORY_SIZE),
        ("", settings.STRANGER_UPLOAD_MAX_MEMORY_SIZE),
        (f"other=1; not-{SESSION}", settings.STRANGER_UPLOAD_MAX_MEMORY_SIZE),
        (f"other={settings.SESSION_COOKIE_NAME}", settings.STRANGER_UPLOAD_MAX_MEMORY_SIZE),
        (f"other=1; {CSRF}", settings.SIGNED_OUT_UPLOAD_MAX_MEMORY_SIZE),
        (f"{CSRF}; {SESSION}", settings.DATA_UPLOAD_MAX_MEMORY_SIZE),
        (f"other=1;{SESSION}", settings.DATA_UPLOAD_MAX_MEMORY_SIZE),
    ],
)
def test_body_limit_goes_by_cookies(cookie: str | None, limit: int) -> None:
    assert body_limit({} if cookie is None else {"HTTP_COOKIE": cookie}) == limit


def test_what_somebody_signed_out_typed_fits_percent_encoded() -> None:
    longest = 200_000 * len("%F0%9F%98%A2")

    assert longest + 100_000 < settings.SIGNED_OUT_UPLOAD_MAX_MEMORY_SIZE
