"""The checks of the built pages, and the links of documents, on small ones with a fault each."""

from __future__ import annotations

import pytest

from docsite.checks import checked
from docsite.links import relinked


@pytest.fixture
def site(tmp_path):
    def made(body, **files):
        (tmp_path / "sub").mkdir()
        (tmp_path / "sub" / "other.html").write_text('<h1 id="here">Other</h1><a href="../index.html">back</a>')
        (tmp_path / "own.png").write_bytes(b"")
        (tmp_path / "index.html").write_text(body)
        for name, text in files.items():
            (tmp_path / name.replace("_", ".")).write_text(text)
        return checked(tmp_path)

    return made


@pytest.mark.parametrize(
    "body",
    [
        '<a href="sub/other.html#here">x</a> <a href="sub/other.html">x</a> <a href="#">top</a><p id="">',
        '<img src="own.png"> <img src="data:image/png;base64,AA">',
        '<a href="https://example.org/x">followed by a reader only</a>',
        "<p>said only: url(https://example.org/a.png) and fetch('https://example.org')</p>",
    ],
)
def test_what_is_right(site, body):
    assert site(body).faults == []


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('<a href="none.html">x</a>', "index.html: leads to none.html, which is not there"),
        (
            '<a href="sub/other.html#gone">x</a>',
            "index.html: leads to sub/other.html#gone; sub/other.html has no such place",
        ),
        ('<a href="#gone">x</a>', "index.html: leads to #gone; index.html has no such place"),
        ('<img src="none.png">', "index.html: shows none.png, which is not there"),
        *(
            (body, "index.html: fetches https://cdn.example.org/x")
            for body in (
                '<script src="https://cdn.example.org/x"></script>',
                '<link rel="stylesheet" href="https://cdn.example.org/x">',
                '<link rel="preconnect" href="https://cdn.example.org/x">',
                '<img srcset="https://cdn.example.org/x 2x">',
                '<object data="https://cdn.example.org/x">',
                '<svg><image xlink:href="https://cdn.example.org/x"/></svg>',
                '<p style="background: url(https://cdn.example.org/x)">',
                "<style>@font-face { src: url('https://cdn.example.org/x') }</style>",
                "<script>fetch('https://cdn.example.org/x')</script>",
            )
        ),
    ],
)
def test_what_is_not(site, body, fault):
    assert site(body).faults == [fault]


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("a_css", "@import url('//cdn.example.org/x');"),
        ("a_svg", "<style>@font-face { src: url(//cdn.example.org/x) }</style>"),
        ("a_js", 'importScripts("//cdn.example.org/x")'),
    ],
)
def test_files_beside_the_pages_ask_no_other_host_either(site, file, text):
    assert site("", **{file: text}).faults == [f"{file.replace('_', '.')}: fetches //cdn.example.org/x"]


def test_links_are_counted_and_external_ones_listed(site):
    found = site('<a href="https://example.org">x</a> <a href="sub/other.html">y</a>')
    assert (found.pages, found.internal, found.external) == (2, 2, {"https://example.org": ["index.html"]})


PLACED = {"docs/a.md": "a.md", "docs/deep/b.md": "deep/b.md", "docs/images/p.svg": "images/p.svg", "LOG.md": "log.md"}


@pytest.mark.parametrize(
    ("source", "text", "home", "found"),
    [
        ("docs/a.md", "[b](deep/b.md#x)", "", "[b](deep/b.md#x)"),
        ("docs/deep/b.md", "![p](../images/p.svg)", "", "![p](../images/p.svg)"),
        ("docs/deep/b.md", "[a.md](../a.md)", "", "[](../a.md)"),
        ("docs/a.md", "[the log](../LOG.md)", "", "[the log](log.md)"),
        ("LOG.md", "[a](docs/a.md)", "", "[a](a.md)"),
        ("docs/a.md", "[code](../code)", "https://h/o/n", "[code](https://h/o/n/blob/main/code)"),
        ("docs/a.md", "[code](../code)", "", "code"),
        ("docs/a.md", "[gone](../gone.md)", "https://h/o/n", "[gone](../gone.md)"),
        ("docs/a.md", "[out](https://example.org) [up](#up)", "", "[out](https://example.org) [up](#up)"),
        ("docs/a.md", "```\n[code](../code)\n```\n[code](../code)", "", "```\n[code](../code)\n```\ncode"),
    ],
)
def test_links_of_a_document_lead_to_their_place(tmp_path, source, text, home, found):
    (tmp_path / "code").mkdir()
    assert relinked(text, source, PLACED, tmp_path, home) == found
