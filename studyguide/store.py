"""The part of the cache that a stage knows: names for the facts that a result is made of, and a store for the result.

A stage is handed a ``CacheStore`` and never asks where it keeps its entries; ``runtime.cache`` has the one on the disk.
"""

import hashlib
from typing import Any, Protocol


def digest(*facts: object) -> str:
    """Return the SHA-256, in hexadecimal, of these facts: strings, bytes, or anything whose ``repr`` tells all of it."""
    found = hashlib.sha256()
    for fact in facts:
        data = fact if isinstance(fact, bytes) else (fact if isinstance(fact, str) else repr(fact)).encode()
        found.update(b"%d:" % len(data))
        found.update(data)
    return found.hexdigest()


class CacheStore(Protocol):
    """Keeps results under the digest of what they were made of."""

    @property
    def complaint(self) -> str:
        """Why entries could not be written, in words for the person who builds; empty if all were."""

    def get(self, key: str) -> Any:
        """Return the result that is kept under the key, or None."""

    def put(self, key: str, value: Any) -> None:
        """Keep a result under the key."""

    def prune(self) -> None:
        """Delete the entries that were not used for longest, until the store is as small as it has to be."""

    def branch(self) -> "CacheStore | None":
        """Return a store of the same entries that another process of this machine can use, or None if there can be none."""

    def merge(self, branch: "CacheStore") -> None:
        """Take over what a branch knows of its own entries: their size, and the complaint."""


class NullStore:
    """Keeps nothing."""

    complaint = ""

    def get(self, key: str) -> Any:
        return None

    def put(self, key: str, value: Any) -> None:
        pass

    def prune(self) -> None:
        pass

    def branch(self) -> CacheStore | None:
        return None

    def merge(self, branch: CacheStore) -> None:
        raise TypeError("a store without branches merges none")


NULL_STORE = NullStore()


class MemoryStore(NullStore):
    """Keeps everything as long as it lives itself: for one build without a cache."""

    def __init__(self) -> None:
        self._entries: dict[str, Any] = {}

    def get(self, key: str) -> Any:
        return self._entries.get(key)

    def put(self, key: str, value: Any) -> None:
        self._entries[key] = value
