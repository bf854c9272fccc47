from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.generic import TemplateView

from accounts import views
from accounts.views import invitations, workspace

app_name = "accounts"

urlpatterns = [
    path("settings/", views.settings, name="settings"),
    path("workspace/", workspace.workspace, name="workspace"),
    path("workspace/close/", workspace.close, name="workspace_close"),
    path("hat/", workspace.hat, name="hat"),
    path("invitations/", invitations.invitations, name="invitations"),
    path("invitations/<uuid:pk>/withdraw/", invitations.withdraw, name="withdraw"),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
    path("delete/", views.delete, name="delete"),
    path("gone/", login_not_required(TemplateView.as_view(template_name="accounts/gone.html")), name="gone"),
]
