"""Pages of what has no room at once."""

from __future__ import annotations


def page(count: int, room: int, at: int) -> range:
    """Of so many those that are seen with the one `at`, from 0: so many as have room, on the last page too.

    What is left for that one is seen with the last ones of the page before, not alone in an empty box.
    """
    first = max(0, at) // room * room
    return range(max(0, min(first, count - room)), min(count, first + room))
