from django.urls import path

from prompts.views import assignments, choices, library, own, sets, start

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
    path("sets/", sets.all_sets, name="sets"),
    path("sets/new/", sets.new, name="set_new"),
    path("sets/import/", sets.take_in, name="set_import"),
    path("sets/copy/", sets.copy, name="set_copy"),
    path("sets/<uuid:pk>/", sets.build, name="set"),
    path("sets/<uuid:pk>/preview/", sets.preview, name="set_preview"),
    path("sets/<uuid:pk>/worksheet/", sets.worksheet, name="set_worksheet"),
    path("sets/<uuid:pk>/export/<slug:form>/", sets.export, name="set_export"),
    path("sets/<uuid:pk>/remove/", sets.remove, name="set_remove"),
    path("assignments/", assignments.all_assignments, name="assignments"),
    path("assignments/new/", assignments.assign, name="assign"),
    path("assignments/<uuid:pk>/", assignments.assignment, name="assignment"),
    path("<slug:slug>/", library.prompt, name="prompt"),
]
