"""What the operator's tools ask: is it alive, can it work."""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import keyring
from prompts.models import Prompt


@login_not_required
@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Touches nothing else."""
    return HttpResponse("alive\n", content_type="text/plain")


def _database() -> str:
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return "migrations are missing: run manage.py migrate"
        return "ok" if Prompt.objects.current().exists() else "the library is empty: run manage.py load_prompts"
    except DatabaseError:
        return "the database does not answer"


def _keys() -> str:
    try:
        return "ok" if keyring.installation_opens() else "no installation key: run manage.py prepare"
    except keyring.KeyMismatch:
        return "the key file does not belong to this database"
    except keyring.KeyringError:
        return "the key file cannot be used"
    except DatabaseError:
        return "the database does not answer"


@login_not_required
@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when database, migrations, library and keys can be used, else 503; says which, and no secret or path.

    Says too, in general terms, where the key is and that it must be kept apart.
    """
    state = {"database": _database(), "keys": _keys()}
    told = {**state, "key_is": f"{keyring.whereabouts()}. {keyring.KEEP_A_COPY}"}
    return JsonResponse(told, status=200 if set(state.values()) == {"ok"} else 503)
