"""Decorators for views."""

import functools
from collections.abc import Callable
from contextlib import suppress
from typing import Concatenate

from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from accounts.http import AuthenticatedHttpRequest
from accounts.models import Role

type View[**P] = Callable[Concatenate[AuthenticatedHttpRequest, P], HttpResponse]


def counselor_required[**P](view: View[P], /) -> View[P]:
    """For pages of a workspace: whoever has none is led to where one is opened, and what they send finds nothing."""

    @functools.wraps(view)
    def wrapped(request: AuthenticatedHttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.user.is_counselor:
            return view(request, *args, **kwargs)
        if request.method in {"GET", "HEAD"}:
            return redirect("counselor:workspace")
        raise Http404

    return wrapped


def by_role[**P](*, parent: View[P], counselor: View[P]) -> View[P]:
    """For an address that shows parents and counselors each their own page, by the role they use just now."""

    @functools.wraps(parent)
    def wrapped(request: AuthenticatedHttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        is_counselor = request.user.is_counselor and request.user.role == Role.COUNSELOR
        return (counselor if is_counselor else parent)(request, *args, **kwargs)

    return wrapped


def for_either[**P](*, parent: View[P], counselor: View[P]) -> View[P]:
    """For an address that names something that a parent and a counselor share: the view that finds it for this person.

    Each view looks among what is this person's own and raises Http404 where it is not there.
    """

    @functools.wraps(parent)
    def wrapped(request: AuthenticatedHttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        with suppress(Http404):
            return parent(request, *args, **kwargs)
        return counselor(request, *args, **kwargs)

    return wrapped
