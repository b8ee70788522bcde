"""The shared cache in a table of the database; a failure of the database is raised, not hidden."""

from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache as DjangoDatabaseCache
from django.db import InterfaceError, OperationalError, connections, router, transaction


class DatabaseCache(DjangoDatabaseCache):
    """Django's backend, but a database that is locked or out of reach is an error.

    Django's backend returns "not added" for every failure of the database. allauth reads that as
    "another request is counting" and then as "too many requests", although the reader did nothing wrong.
    """

    def _base_set(self, mode: str, key: str, value: object, timeout: Any = DEFAULT_TIMEOUT) -> bool:
        """Set, add or touch one key (`mode` says which); return whether that succeeded.

        Raises `OperationalError` or `InterfaceError` when the database did not answer. A key that another
        process added at the same moment (`IntegrityError`) is still "not added".
        """
        alias = router.db_for_write(self.cache_model_class)
        # Django's code below catches every DatabaseError, so the wrapper keeps the ones that must be raised.
        failures: list[Exception] = []

        def note_failure(execute: Any, *arguments: Any) -> Any:
            try:
                return execute(*arguments)
            except (OperationalError, InterfaceError) as error:
                failures.append(error)
                raise

        # The outer transaction commits outside Django's `except`, so an error of the commit is raised as well.
        with transaction.atomic(using=alias), connections[alias].execute_wrapper(note_failure):
            is_set: bool = super()._base_set(mode, key, value, timeout)  # type: ignore[misc]  # the stubs leave it out
            if failures:
                raise failures[0]
        return is_set
