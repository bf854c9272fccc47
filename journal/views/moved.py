"""Permanent redirects from addresses that pages once had."""

import uuid

from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.http import AuthenticatedHttpRequest


def deleted(request: AuthenticatedHttpRequest) -> HttpResponse:
    return redirect("journal:deleted", permanent=True)


def entry_put_back(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    """308: the browser repeats the request with the same method and body."""
    return redirect("journal:entry_put_back", pk, permanent=True, preserve_request=True)
