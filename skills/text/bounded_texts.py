"""Texts that a process keeps, bounded in bytes: what people send decides how many there are and how long they are."""

import sys
from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock

ENTRY_BYTES = 200
"""About what the table itself needs for one entry, besides key and text."""
MAX_SIZE_DIVISOR = 16
"""A text that takes more than this part of the whole is not kept: it would push too many others out."""


class BoundedTextCache:
    """Keeps texts under keys until they take more than `most_bytes`; then those go that were not used for longest.

    `most_bytes` counts what Python really needs: a character takes up to four bytes. Keys are short. One
    object serves all threads of a process.
    """

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.total_bytes = 0
        self._texts: OrderedDict[Hashable, str] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._texts)

    def get(self, key: Hashable) -> str | None:
        """Return the text under a key, None where there is none any more."""
        with self._lock:
            text = self._texts.get(key)
            if text is not None:
                self._texts.move_to_end(key)
        return text

    def keep(self, key: Hashable, text: str) -> None:
        """Keep a text, unless it alone is too large."""
        size = get_entry_size(key, text)
        if size > self.max_bytes // MAX_SIZE_DIVISOR:
            return
        with self._lock:
            self._drop(key)
            self._texts[key] = text
            self.total_bytes += size
            while self.total_bytes > self.max_bytes:
                self._drop(next(iter(self._texts)))

    def clear(self) -> None:
        """Keep nothing."""
        with self._lock:
            self._texts.clear()
            self.total_bytes = 0

    def _drop(self, key: Hashable) -> None:
        text = self._texts.pop(key, None)
        if text is not None:
            self.total_bytes -= get_entry_size(key, text)


def get_entry_size(key: Hashable, text: str) -> int:
    """Return how many bytes an entry takes."""
    return sys.getsizeof(text) + sys.getsizeof(key) + ENTRY_BYTES
