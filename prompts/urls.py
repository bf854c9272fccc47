from django.urls import path

from prompts.views import choices, kept_first, library, marked, own, welcome, where_to_start

app_name = "prompts"

# A prompt's address comes last: prompts/library/checks/editorial.py keeps its slug from being one of the others.
urlpatterns = [
    path("accounts/welcome/", welcome.welcome, name="welcome"),
    path("prompts/", library.library, name="library"),
    path("prompts/choices/", choices.choices, name="choices"),
    path("prompts/marked/<slug:kind>/", marked.marked, name="marked"),
    path("prompts/kept-first/", kept_first.kept_first, name="kept_first"),
    path("prompts/own/", own.own, name="own"),
    path("prompts/own/<uuid:pk>/", own.own_edit, name="own_edit"),
    path("prompts/own/<uuid:pk>/delete/", own.own_delete, name="own_delete"),
    path("prompts/where-to-start/", where_to_start.where_to_start, name="where_to_start"),
    path("prompts/where-to-start/keep/", where_to_start.where_to_start_keep, name="where_to_start_keep"),
    path("prompts/<slug:slug>/", library.prompt, name="prompt"),
]
