"""Tells machines whether this process can do its work."""

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


class Migrations:
    """Whether the database is as this code expects it. A yes is remembered: it cannot become a no."""

    def __init__(self) -> None:
        self.applied = False

    def are_applied(self) -> bool:
        """Look for migrations not yet applied, until there are none; raises `django.db.Error`."""
        if not self.applied:
            executor = MigrationExecutor(connection)
            self.applied = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        return self.applied


migrations = Migrations()


@never_cache
@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """Answer 200 when the database is reached and migrated, else 503 and which of both is not so."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        applied = migrations.are_applied()
    except Error:
        return JsonResponse({"database": "not reached", "migrations": "unknown"}, status=503)
    if not applied:
        return JsonResponse({"database": "reached", "migrations": "not applied"}, status=503)
    return JsonResponse({"database": "reached", "migrations": "applied"})
