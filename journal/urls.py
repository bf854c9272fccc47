from django.urls import path

from journal.views import children, deleted, entries, hard_nights, history, mark, moved, paths, repairs, tonight
from journal.views.finding import calendar, insights, on_this_day, search
from journal.views.sharing import care, given, share, shared

app_name = "journal"

urlpatterns = [
    path("tonight/", tonight.tonight, name="tonight"),
    path("journal/", entries.timeline, name="timeline"),
    path("journal/new/", entries.entry_new, name="entry_new"),
    path("journal/search/", search.search, name="search"),
    path("journal/calendar/", calendar.calendar, name="calendar"),
    path("journal/on-this-day/", on_this_day.on_this_day, name="on_this_day"),
    path("journal/insights/", insights.insights, name="insights"),
    path("journal/children/", children.children, name="children"),
    path("journal/repairs/", repairs.repairs, name="repairs"),
    path("journal/deleted/", deleted.deleted, name="deleted"),
    path("journal/shared/nights/", shared.shared_nights, name="shared_nights"),
    path("journal/shared/<uuid:pk>/take-back/", shared.shared_take_back, name="shared_take_back"),
    path("journal/<uuid:pk>/", entries.entry, name="entry"),
    path("journal/<uuid:pk>/edit/", entries.entry_edit, name="entry_edit"),
    path("journal/<uuid:pk>/delete/", entries.entry_delete, name="entry_delete"),
    path("journal/<uuid:pk>/put-back/", entries.entry_put_back, name="entry_put_back"),
    path("journal/<uuid:pk>/delete-for-good/", entries.entry_delete_for_good, name="entry_delete_for_good"),
    path("journal/<uuid:pk>/share/", share.share, name="share"),
    path("journal/<uuid:pk>/history/", history.history, name="history"),
    path("journal/<uuid:pk>/history/<uuid:revision>/", history.revision, name="revision"),
    path("journal/<uuid:pk>/history/<uuid:revision>/restore/", history.revision_restore, name="revision_restore"),
    path("journal/<uuid:pk>/history/<uuid:revision>/leave/", history.revision_leave, name="revision_leave"),
    path("journal/drawer/", moved.deleted),
    path("journal/<uuid:pk>/take-out/", moved.entry_put_back),
    path("accounts/care/", care.care, name="care"),
    path("accounts/care/<uuid:pk>/", care.care_connection, name="care_connection"),
    path("accounts/care/<uuid:pk>/end/", care.care_end, name="care_end"),
    path("accounts/care/<uuid:pk>/seen/", care.care_seen, name="care_seen"),
    path("prompts/given/<uuid:pk>/", given.given, name="given"),
    path("prompts/paths/", paths.paths, name="paths"),
    path("prompts/paths/<slug:slug>/", paths.path, name="path"),
    path("prompts/paths/<slug:slug>/walk/", paths.path_walk, name="path_walk"),
    path("prompts/paths/<slug:slug>/answers/", paths.path_answers, name="path_answers"),
    path("prompts/hard-nights/", hard_nights.hard_nights, name="hard_nights"),
    path("prompts/hard-nights/<slug:slug>/", hard_nights.hard_night, name="hard_night"),
    path("prompts/<slug:slug>/mark/", mark.mark, name="mark"),
]
