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
    """For pages of a workspace. Redirects whoever has none to where one is opened; raises Http404 for what they send."""

    @functools.wraps(view)
    def wrapped(request: AuthenticatedHttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.user.is_counselor:
            return view(request, *args, **kwargs)
        if request.method in {"GET", "HEAD"}:
            return redirect("counselor:workspace")
        raise Http404

    return wrapped


def by_role[**P](*, parent: View[P], counselor: View[P]) -> View[P]:
    """For an address with a page for parents and one for counselors: the page of the role that the person uses now."""

    @functools.wraps(parent)
    def wrapped(request: AuthenticatedHttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        is_counselor = request.user.is_counselor and request.user.role == Role.COUNSELOR
        return (counselor if is_counselor else parent)(request, *args, **kwargs)

    return wrapped


def for_either[**P](*, parent: View[P], counselor: View[P]) -> View[P]:
    """For the address of something that a parent and a counselor share: the first of the two views that finds it.

    Each view queries what is the person's own, and raises Http404 where it is not among that.
    """

    @functools.wraps(parent)
    def wrapped(request: AuthenticatedHttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        with suppress(Http404):
            return parent(request, *args, **kwargs)
        return counselor(request, *args, **kwargs)

    return wrapped
