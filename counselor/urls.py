from django.urls import path

from counselor.views import assignments, clients, groups, hand_over, invitations, practice, sets, workspace

app_name = "counselor"

urlpatterns = [
    path("accounts/workspace/", workspace.workspace, name="workspace"),
    path("accounts/workspace/close/", workspace.workspace_close, name="workspace_close"),
    path("accounts/practice/", practice.practice, name="practice"),
    path("accounts/practice/invitations/<uuid:pk>/withdraw/", practice.practice_withdraw, name="practice_withdraw"),
    path("accounts/practice/members/<uuid:pk>/", practice.practice_member, name="practice_member"),
    path("accounts/practice/join/<str:token>/", practice.practice_join, name="practice_join"),
    path("accounts/practice/leave/", practice.practice_leave, name="practice_leave"),
    path("accounts/practice/sets/", practice.practice_sets, name="practice_sets"),
    path("accounts/practice/sets/<uuid:pk>/", practice.practice_set, name="practice_set"),
    path("accounts/hand-over/<uuid:pk>/", hand_over.hand_over, name="hand_over"),
    path("accounts/hand-over/<uuid:pk>/seen/", hand_over.hand_over_seen, name="hand_over_seen"),
    path("accounts/invitations/", invitations.invitations, name="invitations"),
    path("accounts/invitations/code/", invitations.invitation_code, name="invitation_code"),
    path("accounts/invitations/<uuid:pk>/", invitations.own_invitation, name="own_invitation"),
    path("accounts/invitations/<uuid:pk>/send/", invitations.invitation_send, name="invitation_send"),
    path("accounts/invitations/<uuid:pk>/code/", invitations.invitation_show_code, name="invitation_show_code"),
    path("accounts/invitations/<uuid:pk>/withdraw/", invitations.invitation_withdraw, name="invitation_withdraw"),
    path("accounts/invitations/<str:token>/", invitations.invitation, name="invitation"),
    path("accounts/clients/", clients.clients, name="clients"),
    path("accounts/clients/<uuid:pk>/", clients.client, name="client"),
    path("accounts/groups/", groups.groups, name="groups"),
    path("accounts/groups/<uuid:pk>/", groups.group, name="group"),
    path("accounts/groups/<uuid:pk>/delete/", groups.group_delete, name="group_delete"),
    path("prompts/sets/", sets.sets, name="sets"),
    path("prompts/sets/new/", sets.set_new, name="set_new"),
    path("prompts/sets/copy/", sets.set_copy, name="set_copy"),
    path("prompts/sets/import/", sets.set_import, name="set_import"),
    path("prompts/sets/<uuid:pk>/", sets.set_builder, name="set_builder"),
    path("prompts/sets/<uuid:pk>/preview/", sets.set_preview, name="set_preview"),
    path("prompts/sets/<uuid:pk>/worksheet/", sets.set_worksheet, name="set_worksheet"),
    path("prompts/sets/<uuid:pk>/export/<slug:extension>/", sets.set_export, name="set_export"),
    path("prompts/sets/<uuid:pk>/remove/", sets.set_remove, name="set_remove"),
    path("prompts/assignments/", assignments.assignments, name="assignments"),
    path("prompts/assignments/new/", assignments.assignment_new, name="assignment_new"),
    path("prompts/assignments/<uuid:pk>/", assignments.assignment, name="assignment"),
]
