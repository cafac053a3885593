"""What would fail the build of the site, found without it: documents outside the navigation, links to nowhere."""

from __future__ import annotations

import posixpath
import re

import pytest

from docsite.links import FENCE, LINK, relinked
from docsite.pictures import PICTURES
from docsite.reference import PAGES
from docsite.staging import INSTEAD, OTHERS, OWN, ROOT, placed

DOCUMENTS = [path for path in placed() if path.endswith(".md")]
FRONT = (OWN / "index.md").read_text("utf-8")


def entries(text):
    """What the navigation names."""
    trees = re.findall(r"```\{toctree\}\n(.*?)```", text, re.DOTALL)
    return [line for tree in trees for line in tree.splitlines() if line and not line.startswith(":")]


def test_every_document_has_its_place_in_the_navigation():
    pages = [place.removesuffix(".md") for source, place in placed().items() if source in DOCUMENTS]
    known = [*(page for page in pages if not page.startswith("decisions/")), *(f"reference/{name}" for name in PAGES)]
    assert sorted(entries(FRONT)) == sorted([*known, "gallery", "decisions/index"]), "docsite/pages/index.md"


def test_every_picture_of_a_screen_is_drawn_by_the_program():
    growth = "growth"  # by benchmarks/growth.py
    assert {path.stem for path in (ROOT / "docs/images").iterdir()} == {*PICTURES, growth}


def slugs(path):
    """The anchors of a document's headings."""
    headings = re.findall(r"^#+ (.*)$", FENCE.sub("", path.read_text("utf-8")), re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", re.sub(r"\]\([^)]*\)", "]", line.lower())).strip().replace(" ", "-")
        for line in headings
    }


@pytest.mark.parametrize("source", DOCUMENTS)
def test_links_of_a_document_lead_somewhere(source):
    text = FENCE.sub("", (ROOT / source).read_text("utf-8"))
    for _, _, link in LINK.findall(re.sub(r"`[^`\n]*`", "", text)):
        path, _, anchor = link.partition("#")
        if ":" in path:
            continue
        target = ROOT / posixpath.normpath(posixpath.join(posixpath.dirname(source), path)) if path else ROOT / source
        assert target.exists(), link
        if anchor and target.suffix == ".md":
            assert anchor in slugs(target), link


def test_every_link_of_a_document_is_a_page_or_is_led_out_of_the_site():
    """With an address there is nothing that stays relative and has no page."""
    files = placed()
    for source in DOCUMENTS:
        text = relinked((ROOT / source).read_text("utf-8"), source, {**files, **INSTEAD}, ROOT, "https://h/o/n")
        for _, _, link in LINK.findall(FENCE.sub("", text)):
            path = link.partition("#")[0]
            if path and ":" not in path:
                assert posixpath.normpath(posixpath.join(posixpath.dirname(files[source]), path)) in [
                    *files.values(), *INSTEAD.values(),
                ], (source, link)  # fmt: skip


def test_what_has_a_page_is_there():
    assert all((ROOT / path).exists() for path in (*OTHERS, *INSTEAD))
