"""Health check: reports to load balancers and monitors whether this process works, and to pages that it answers."""

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


class Migrations:
    """Whether all migrations of this code are applied. A yes is remembered, because it cannot become a no."""

    def __init__(self) -> None:
        self.applied = False

    def are_applied(self) -> bool:
        """Return whether no migration is missing; checks again on each call until the answer is yes.

        Raises `django.db.Error`.
        """
        if not self.applied:
            executor = MigrationExecutor(connection)
            self.applied = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        return self.applied


migrations = Migrations()


@never_cache
@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """Answer 200 if the database is reachable and migrated, else 503 and which of the two is missing."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")  # a connection alone may be an old one that is broken
        applied = migrations.are_applied()
    except Error:
        return JsonResponse({"database": "not reached", "migrations": "unknown"}, status=503)
    if not applied:
        return JsonResponse({"database": "reached", "migrations": "not applied"}, status=503)
    return JsonResponse({"database": "reached", "migrations": "applied"})


@never_cache
@require_safe
def reachable(_request: HttpRequest) -> HttpResponse:
    """Answer 204: static/js/app/failures.js asks for this before a form leaves its page."""
    return HttpResponse(status=204)
