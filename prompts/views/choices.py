"""What a parent may choose about what is asked."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.views import person
from prompts.forms import ChoicesForm


@require_http_methods(["GET", "HEAD", "POST"])
def choices(request: HttpRequest) -> HttpResponse:
    parent = person(request)
    form = ChoicesForm(request.POST if request.method == "POST" else None, choices=parent.choices)
    if request.method == "POST" and form.is_valid():
        parent.sealed_choices = form.chosen()
        parent.save(update_fields=["sealed_choices"])
        messages.success(request, _("Your choices are saved."))
        return redirect("prompts:choices")
    return render(request, "prompts/choices.html", {"form": form}, status=422 if form.errors else 200)
