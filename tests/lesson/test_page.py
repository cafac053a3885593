"""A lesson as a page: whole, harmless, and without what is to be found."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from small_lesson import LESSON

from tui_nn.cli.main import main
from tui_nn.lesson.catalogue import lesson_at, lesson_names
from tui_nn.lesson.page import page_of
from tui_nn.lesson.source import lesson_of
from tui_nn.plugin.registry import load_registry

EMPTY = {"meta", "br", "hr"}
LOADS = {
    "script",
    "link",
    "img",
    "iframe",
    "object",
    "embed",
    "image",
    "use",
    "foreignobject",
    "video",
    "audio",
    "base",
}


@pytest.fixture(scope="module")
def registry():
    return load_registry()


class Page(HTMLParser):
    """What a browser finds: tags that are open, and all that it met."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.attributes, self.words = [], [], [], ""
        self.feed(text)
        assert not self.open, "every tag is closed"

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words += data


@pytest.mark.slow
@pytest.mark.parametrize("name", lesson_names())
def test_a_bundled_lesson_is_a_page_that_loads_nothing(name, registry):
    lesson, folder = lesson_at(name)
    text = page_of(lesson, registry, folder)
    page = Page(text)
    assert not set(page.tags) & LOADS
    assert not [name for name, _ in page.attributes if name.startswith("on") or name in ("src", "style")]
    assert all(value.startswith("http") for name, value in page.attributes if name == "href")
    assert "default-src 'none'" in text
    assert "url(" not in text
    assert page.tags.count("section") == len(lesson.steps)
    for svg in re.findall(r"<svg.*?</svg>", text, re.DOTALL):
        ElementTree.fromstring(svg)
    for step in lesson.steps:
        assert step.title in page.words


def test_what_is_asked_for_is_on_it_only_with_the_answers(registry, tmp_path):
    lesson = lesson_of(LESSON, "one", "one")
    without, with_them = (page_of(lesson, registry, tmp_path, answers=answers) for answers in (False, True))
    assert "Each input gets" not in without
    assert "-3</code>" not in without
    assert without.count("<svg") == 1
    assert "Each input gets the value of the other." in with_them
    assert "<code>-3</code>" in with_them
    assert with_them.count("<svg") == 2, "what was hidden is drawn"


def test_answers_are_numbers_where_the_lesson_has_queries(registry):
    lesson, folder = lesson_at("09")
    text = page_of(lesson, registry, folder, answers=True)
    assert "<code>260</code>" in text, "10 rows of 25 hidden units and the bias"
    assert "net.rows" not in text


def test_text_of_a_lesson_is_never_markup(registry, tmp_path):
    """Neither in the text nor in titles, names, hints, answers or what they reveal."""
    bad = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    text = (
        LESSON.replace("# One question", f"# One {bad}")
        .replace("## The product", f"## The {bad}")
        .replace("What is df/dx?", f"What? {bad}\n\n![a](http://example.org/a.png)\n\n[a](javascript:alert(1))")
        .replace('"Hold y."', f"'Hold {bad}'")
        .replace("Each input gets the value of the other.", bad)
        .replace("minutes = 1", f"minutes = 1\ncovers = ['{bad}']")
    )
    page = Page(page_of(lesson_of(text, "one", bad), registry, tmp_path, answers=True))
    assert not set(page.tags) & LOADS
    assert not [name for name, _ in page.attributes if name in ("onerror", "src")]
    assert [value for name, value in page.attributes if name == "href"] == ["http://example.org/a.png"], (
        "to be followed"
    )
    assert page.words.count("alert(1)") >= 8, "it is shown as it was written"


def test_the_command_writes_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["lesson", "export", "--html", "06"])
    assert (done.exit_code, done.output) == (0, "06-chain-rule.html\n")
    assert (tmp_path / "06-chain-rule.html").read_text().startswith("<!doctype html>")
    done = CliRunner().invoke(main, ["lesson", "export", "06", "--out", "a/b.html"])
    assert str(done.exception) == "a/b.html: No such file or directory."
