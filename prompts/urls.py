from django.urls import path

from prompts.views import choices, library, own, start

app_name = "prompts"

# A prompt's address comes last: prompts.shelf.rules keeps its slug from being one of the others.
urlpatterns = [
    path("", library.browse, name="browse"),
    path("choices/", choices.choices, name="choices"),
    path("marked/<slug:kind>/", library.marked, name="marked"),
    path("kept-first/", library.kept_first, name="kept_first"),
    path("own/", own.own, name="own"),
    path("own/<uuid:pk>/", own.edit, name="own_edit"),
    path("own/<uuid:pk>/delete/", own.delete, name="own_delete"),
    path("where-to-start/", start.where_to_start, name="where_to_start"),
    path("where-to-start/keep/", start.keep, name="keep_start"),
    path("<slug:slug>/", library.prompt, name="prompt"),
]
