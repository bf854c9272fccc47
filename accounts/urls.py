from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.generic import TemplateView

from accounts import views

app_name = "accounts"

urlpatterns = [
    path("settings/", views.settings, name="settings"),
    path("delete/", views.delete, name="delete"),
    path("gone/", login_not_required(TemplateView.as_view(template_name="accounts/gone.html")), name="gone"),
]
