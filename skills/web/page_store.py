"""Where finished pages lie: Django's cache in the process itself, bounded in bytes as well as in entries."""

from collections import OrderedDict
from typing import TYPE_CHECKING, Any, override

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache

ENTRY_BYTES = 300
"""About what the cache needs for one entry besides its value: key, time, and the tables they are in."""

# By the name of the cache, as Django keeps the entries themselves: each thread has an object of its own.
_totals: dict[str, int] = {}


if TYPE_CHECKING:

    class _Store(LocMemCache):
        """What Django's stubs leave out."""

        def _set(self, key: str, value: bytes, timeout: Any = DEFAULT_TIMEOUT) -> None: ...
        def _delete(self, key: str) -> bool: ...
        def _cull(self) -> None: ...

else:
    _Store = LocMemCache


class BoundedLocMemCache(_Store):
    """Drops what was not used for longest once all entries take more than the option MAX_BYTES.

    Addresses, their queries among them, decide how many entries there are, and what people wrote how
    large they are; a number of entries alone bounds no memory. MAX_ENTRIES and CULL_FREQUENCY hold as well.
    """

    _cache: OrderedDict[str, bytes]

    def __init__(self, name: str, params: dict[str, Any]) -> None:
        super().__init__(name, params)
        self._name = name
        self._max_bytes = int(params["OPTIONS"]["MAX_BYTES"])

    @property
    def total_bytes(self) -> int:
        """What all entries take."""
        return _totals.get(self._name, 0)

    @override
    def clear(self) -> None:
        """Keep nothing."""
        super().clear()
        _totals[self._name] = 0

    # Django calls these with the lock held.

    def _set(self, key: str, value: bytes, timeout: Any = DEFAULT_TIMEOUT) -> None:
        self._delete(key)
        if get_entry_size(value) > self._max_bytes:
            return
        super()._set(key, value, timeout)
        self._add_to_total(get_entry_size(value))
        while self.total_bytes > self._max_bytes:
            self._delete(next(reversed(self._cache)))

    def _delete(self, key: str) -> bool:
        value = self._cache.get(key)
        if value is not None:
            self._add_to_total(-get_entry_size(value))
        return super()._delete(key)

    def _cull(self) -> None:
        super()._cull()
        _totals[self._name] = sum(get_entry_size(value) for value in self._cache.values())

    def _add_to_total(self, size: int) -> None:
        _totals[self._name] = self.total_bytes + size


def get_entry_size(value: bytes) -> int:
    """Return how many bytes an entry takes."""
    return len(value) + ENTRY_BYTES
