"""common.headers: what browsers may do with a response, on every kind of response."""

import re

from django.conf import settings
from django.test import Client, TestCase, override_settings

from accounts.models import User
from common.headers import DENIED, USED
from tests.factories import make_user
from tests.helpers import signed_in

ANYBODYS = [
    "/",
    "/help/",
    "/accounts/login/",
    "/healthz",
    "/readyz",
    "/manifest.webmanifest",
    "/service-worker.js",
    "/nowhere/",
    "/tonight/",
    "/offline/",
]


class HeaderTests(TestCase):
    staff: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.staff = make_user(is_staff=True, is_superuser=True)

    def test_are_on_every_response(self) -> None:
        visitor, staff = Client(raise_request_exception=False), signed_in(self.staff)
        responses = [visitor.get(address) for address in ANYBODYS]
        responses += [visitor.get("/", headers={"Host": "elsewhere.example"}), visitor.post("/healthz"), visitor.post("/leave/")]
        responses += [staff.get(address) for address in ("/admin/", "/tonight/", "/admin/accounts/user/", "/admin/nowhere/")]
        with override_settings(ROOT_URLCONF="tests.common.broken_urls"):
            responses.append(visitor.get("/"))

        assert {response.status_code for response in responses} >= {200, 302, 400, 404, 405, 500}
        for response in responses:
            headers = response.headers
            assert headers["Cross-Origin-Resource-Policy"] == "same-origin", response
            assert headers["Cross-Origin-Opener-Policy"] == "same-origin", response
            assert headers["X-Content-Type-Options"] == "nosniff", response
            assert "camera=()" in headers["Permissions-Policy"], response
            assert "require-trusted-types-for 'script'" in headers["Content-Security-Policy"], response
            assert "trusted-types nightlight" in headers["Content-Security-Policy"], response

    def test_passkeys_are_all_that_is_allowed(self) -> None:
        policy = Client().get("/").headers["Permissions-Policy"]
        allowed = re.findall(r"([\w-]+)=\(self\)", policy)
        assert sorted(allowed) == sorted(USED)
        assert sorted(re.findall(r"([\w-]+)=\(\)", policy)) == sorted(DENIED)
        assert "*" not in policy

    def test_a_private_page_is_kept_neither_in_a_cache_nor_for_the_way_back(self) -> None:
        """Chromium keeps a page for Back in spite of `no-store`, unless a cookie that scripts cannot read was set meanwhile: decision 49."""
        parent = signed_in(make_user(email="other@example.org", knows_leave=True))
        for address in ("/tonight/", "/journal/", "/accounts/settings/", "/prompts/", "/help/"):
            for _ in range(2):  # also where the browser has the cookie already
                response = parent.get(address)

                assert "no-store" in response.headers["Cache-Control"], address
                assert response.cookies[settings.CSRF_COOKIE_NAME]["httponly"], address
