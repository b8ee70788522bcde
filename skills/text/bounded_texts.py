"""A cache of texts in the memory of a process, bounded in bytes: users decide how many and how long the texts are."""

import sys
from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock

ENTRY_BYTES = 200
"""The approximate size of one entry in the dict, besides key and text."""
MAX_SIZE_DIVISOR = 16
"""A text that takes more than 1/16 of the cache is not kept: it would displace too many others."""


class BoundedTextCache:
    """A least-recently-used cache of texts that takes at most `max_bytes`.

    `max_bytes` counts the memory that Python really needs, where a character takes up to four bytes. Keys must
    be short. One object serves all threads of a process.
    """

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.total_bytes = 0
        self._texts: OrderedDict[Hashable, str] = OrderedDict()  # the least recently used text first
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._texts)

    def get(self, key: Hashable) -> str | None:
        """Return the text of a key, None if it is not kept or not kept any more.

        Reading a text makes it the most recently used one.
        """
        with self._lock:
            text = self._texts.get(key)
            if text is not None:
                self._texts.move_to_end(key)
        return text

    def keep(self, key: Hashable, text: str) -> None:
        """Keep a text under a key, in place of an earlier one.

        A text that is too large (`MAX_SIZE_DIVISOR`) is not kept. The least recently used texts are dropped until
        all fit.
        """
        size = get_entry_size(key, text)
        if size > self.max_bytes // MAX_SIZE_DIVISOR:
            return
        with self._lock:
            self._drop(key)  # or the size of an earlier text would be counted too
            self._texts[key] = text
            self.total_bytes += size
            while self.total_bytes > self.max_bytes:
                self._drop(next(iter(self._texts)))

    def clear(self) -> None:
        """Drop all texts."""
        with self._lock:
            self._texts.clear()
            self.total_bytes = 0

    def _drop(self, key: Hashable) -> None:
        text = self._texts.pop(key, None)
        if text is not None:
            self.total_bytes -= get_entry_size(key, text)


def get_entry_size(key: Hashable, text: str) -> int:
    """Return how many bytes an entry takes in memory.

    Text and key are counted as Python stores them, plus `ENTRY_BYTES`.
    """
    return sys.getsizeof(text) + sys.getsizeof(key) + ENTRY_BYTES
