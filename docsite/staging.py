"""The source of the site, put together: documents as they stand, pages made from the code, pictures."""

from __future__ import annotations

import shutil
from pathlib import Path

from docsite.links import home, relinked
from docsite.markdown import page
from docsite.reference import PAGES

ROOT = Path(__file__).parents[1]
OWN = Path(__file__).parent / "pages"
# What stands elsewhere in the repository and has a page: path there -> path in the site.
OTHERS = {
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "reporting.md",
    "data/README.md": "bundled-data.md",
}
INSTEAD = {"README.md": "index.md", "docs/decisions": "decisions/index.md"}  # a page that takes its place


def placed() -> dict[str, str]:
    """Path in the repository -> path in the site."""
    documents = {
        path.relative_to(ROOT).as_posix(): path.relative_to(ROOT / "docs").as_posix()
        for path in sorted((ROOT / "docs").rglob("*"))
        if path.is_file()
    }
    snapshots = {
        path.relative_to(ROOT).as_posix(): f"images/{path.name}"
        for path in sorted((ROOT / "tests/tui/snapshots").glob("*.svg"))
        if not path.name.endswith(".now.svg")
    }
    return {**documents, **snapshots, **OTHERS}


def decisions(folder: Path) -> str:
    """Their list, by number and title."""
    lines = [
        f"{path.name[:4]} {path.read_text('utf-8').splitlines()[0][2:]} <{path.stem}>"
        for path in sorted(folder.glob("*.md"))
    ]
    return page(
        "Decisions",
        "Why things are as they are: what was considered, what was measured, what was left.",
        "\n".join(["```{toctree}", ":maxdepth: 1", "", *lines, "```"]),
    )


def stage(target: Path) -> None:
    """Write everything but the gallery into the folder, which is emptied first."""
    shutil.rmtree(target, ignore_errors=True)
    files, address = placed(), home()
    for source, place in files.items():
        path = target / place
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".md":
            text = relinked((ROOT / source).read_text("utf-8"), source, {**files, **INSTEAD}, ROOT, address)
            path.write_text(text, "utf-8")
        else:
            shutil.copyfile(ROOT / source, path)
    shutil.copytree(OWN, target, dirs_exist_ok=True)
    (target / "decisions" / "index.md").write_text(decisions(ROOT / "docs" / "decisions"), "utf-8")
    (target / "reference").mkdir()
    for name, made in PAGES.items():
        (target / "reference" / f"{name}.md").write_text(made(), "utf-8")
