from django.urls import path

from journal.views import device, entries, guides, marking, past, paths, tonight

app_name = "journal"

urlpatterns = [
    path("tonight/", tonight.tonight, name="tonight"),
    path("journal/", entries.timeline, name="timeline"),
    path("journal/new/", entries.new, name="new"),
    path("journal/signed-in/", device.signed_in, name="signed_in"),
    path("journal/drawer/", past.drawer_list, name="drawer"),
    path("prompts/paths/", paths.all_paths, name="paths"),
    path("prompts/paths/<slug:slug>/", paths.path, name="path"),
    path("prompts/paths/<slug:slug>/walk/", paths.walk, name="walk"),
    path("prompts/paths/<slug:slug>/answers/", paths.answers, name="path_answers"),
    path("prompts/hard-nights/", guides.hard_nights, name="hard_nights"),
    path("prompts/hard-nights/<slug:slug>/", guides.guide, name="guide"),
    path("prompts/<slug:slug>/mark/", marking.mark, name="mark"),
    path("journal/<uuid:pk>/", entries.entry, name="entry"),
    path("journal/<uuid:pk>/edit/", entries.edit, name="edit"),
    path("journal/<uuid:pk>/delete/", entries.delete, name="delete"),
    path("journal/<uuid:pk>/take-out/", past.take_out, name="take_out"),
    path("journal/<uuid:pk>/delete-for-good/", past.delete_for_good, name="delete_for_good"),
    path("journal/<uuid:pk>/history/", past.versions, name="history"),
    path("journal/<uuid:pk>/history/<uuid:revision>/", past.revision, name="revision"),
    path("journal/<uuid:pk>/history/<uuid:revision>/restore/", past.restore, name="restore"),
    path("journal/<uuid:pk>/history/<uuid:revision>/leave/", past.leave, name="leave"),
]
