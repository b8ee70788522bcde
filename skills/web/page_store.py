"""The store of the page cache: Django's local-memory cache, bounded in bytes as well as in entries."""

from collections import OrderedDict
from typing import TYPE_CHECKING, Any, override

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache

ENTRY_BYTES = 300
"""The approximate size of one entry besides its value: key, time, and their part of the dicts."""

# Bytes by the name of the cache. In the module, like Django's own entries, because each thread has its own object.
_totals: dict[str, int] = {}


if TYPE_CHECKING:

    class _Store(LocMemCache):
        """Private methods of `LocMemCache` that Django's stubs leave out."""

        def _set(self, key: str, value: bytes, timeout: Any = DEFAULT_TIMEOUT) -> None: ...
        def _delete(self, key: str) -> bool: ...
        def _cull(self) -> None: ...

else:
    _Store = LocMemCache


class BoundedLocMemCache(_Store):
    """Django's local-memory cache that drops the least recently used entries beyond the option MAX_BYTES.

    URLs with their queries decide how many entries there are, and texts of users how large they are: a maximum
    number of entries alone does not bound the memory. MAX_ENTRIES and CULL_FREQUENCY still apply.
    """

    _cache: OrderedDict[str, bytes]

    def __init__(self, name: str, params: dict[str, Any]) -> None:
        super().__init__(name, params)
        self._name = name
        self._max_bytes = int(params["OPTIONS"]["MAX_BYTES"])

    @property
    def total_bytes(self) -> int:
        """The size of all entries."""
        return _totals.get(self._name, 0)

    @override
    def clear(self) -> None:
        """Drop all entries."""
        super().clear()
        _totals[self._name] = 0

    # Django calls the following methods with the lock of the cache held.

    def _set(self, key: str, value: bytes, timeout: Any = DEFAULT_TIMEOUT) -> None:
        self._delete(key)  # or the size of an earlier value would be counted too
        if get_entry_size(value) > self._max_bytes:
            return
        super()._set(key, value, timeout)
        self._add_to_total(get_entry_size(value))
        while self.total_bytes > self._max_bytes:
            # Django puts the entry that was used last first, so the last one is the least recently used.
            self._delete(next(reversed(self._cache)))

    def _delete(self, key: str) -> bool:
        value = self._cache.get(key)
        if value is not None:
            self._add_to_total(-get_entry_size(value))
        return super()._delete(key)

    def _cull(self) -> None:
        """Drop a part of the entries, as Django does beyond MAX_ENTRIES, and count the rest again."""
        super()._cull()
        _totals[self._name] = sum(get_entry_size(value) for value in self._cache.values())

    def _add_to_total(self, size: int) -> None:
        _totals[self._name] = self.total_bytes + size


def get_entry_size(value: bytes) -> int:
    """Return how many bytes an entry takes.

    `value` is the pickled page, as Django stores it.
    """
    return len(value) + ENTRY_BYTES
