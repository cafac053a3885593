"""One of a thing is never several of it, in whatever a person reads."""

from __future__ import annotations

import pytest

from tui_nn.plurals import plural


@pytest.mark.parametrize(
    ("count", "words", "said"),
    [
        (0, ("row",), "0 rows"),
        (1, ("row",), "1 row"),
        (2, ("row",), "2 rows"),
        (1200, ("row",), "1,200 rows"),
        (1, ("class", "classes"), "1 class"),
        (3, ("class", "classes"), "3 classes"),
        (1, ("epoch is", "epochs are"), "1 epoch is"),
    ],
)
def test_one_is_not_several(count, words, said):
    assert plural(count, *words) == said
