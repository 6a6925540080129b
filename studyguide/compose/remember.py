"""Keep what was made for the next build: small facts, which every build reads, apart from HTML, which few builds need."""

import hashlib
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from studyguide.model import Html, StoredHtml
from studyguide.store import CacheStore, digest

Facts = TypeVar("Facts")


def remember(store: CacheStore, key: str, make: Callable[[], tuple[Facts, Html]]) -> tuple[Facts, StoredHtml]:
    """Return what ``make`` returns: from the store if the key is there, otherwise made now.

    The HTML is read when it is needed. It is made anew if the store has lost it.
    """
    html_key = digest(key, "html")
    kept: tuple[Facts, str] | None = store.get(key)
    if kept is None:
        facts, html = make()
        kept = facts, hashlib.sha256(html.encode()).hexdigest()
        store.put(html_key, html)
        store.put(key, kept)
        return facts, StoredHtml(kept[1], lambda: html)

    @cache
    def read() -> Html:
        html: Any = store.get(html_key)
        return make()[1] if html is None else html

    return kept[0], StoredHtml(kept[1], read)
