"""A fault in a page fails the build: the settings of the site, on two pages. Needs the dependency group `docs`."""

from __future__ import annotations

import importlib.util

import pytest

from docsite.__main__ import build
from docsite.checks import checked

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        any(importlib.util.find_spec(name) is None for name in ("sphinx", "myst_parser", "furo")), reason="no Sphinx"
    ),
]
FRONT = "# Front\n\n```{toctree}\nother\n```\n"
OTHER = "# Other\n\n## A place\n\n[front](index.md), and --rate 'as it is'\n"


@pytest.mark.parametrize(
    ("pages", "said"),
    [
        ({}, ""),
        ({"other": f"{OTHER}\n[gone](gone.md)\n"}, "cross-reference target not found: 'gone.md'"),
        ({"other": f"{OTHER}\n[gone](index.md#gone)\n"}, "local id not found in doc 'index': 'gone'"),
        ({"other": f"{OTHER}\n![gone](gone.svg)\n"}, "image file not readable: gone.svg"),
        ({"outside": "# Outside\n"}, "document isn't included in any toctree"),
        ({"other": f"{OTHER}\n```{{eval-rst}}\n.. autofunction:: tui_nn.api.show.shew\n```\n"}, "failed to import"),
    ],
    ids=["right", "page", "place", "picture", "outside", "docstring"],
)
def test_a_fault_fails_the_build(tmp_path, capfd, pages, said):
    source, html = tmp_path / "source", tmp_path / "html"
    source.mkdir()
    for name, text in {"index": FRONT, "other": OTHER, **pages}.items():
        (source / f"{name}.md").write_text(text)
    code = build(source, html)
    told = capfd.readouterr().err
    if said:
        assert code == 1
        assert said in told
    else:
        assert (code, told) == (0, "")
        assert checked(html).faults == []
        assert "--rate 'as it is'" in (html / "other.html").read_text("utf-8")
