"""`python -m docsite` builds the site; with `--links` it lists the external links too, with `--pictures` it only draws
the screens in README and docs anew.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import time
from pathlib import Path

from docsite.checks import checked
from docsite.gallery import hang
from docsite.pictures import draw
from docsite.staging import ROOT, stage

SOURCE, HTML = ROOT / "build/site/source", ROOT / "build/site/html"
NEEDED = "the site is built by Sphinx: `python3 run.py site`, or `uv run --group docs python -m docsite`."


def build(source: Path, html: Path) -> int:
    """The exit code of Sphinx: a warning is an error. Everything is made anew."""
    shutil.rmtree(html, ignore_errors=True)
    strict = ["-q", "-W", "--keep-going", "-E", "-a"]
    call = [sys.executable, "-m", "sphinx", *strict, "-c", str(Path(__file__).parent), str(source), str(html)]
    return subprocess.call(call, cwd=ROOT)


def main(arguments: list[str]) -> int:
    if "--pictures" in arguments:
        draw(ROOT / "docs/images")
        return 0
    if importlib.util.find_spec("sphinx") is None:
        print(f"docsite: {NEEDED}", file=sys.stderr)
        return 2
    began = time.monotonic()
    stage(SOURCE)
    hang(SOURCE)
    staged = time.monotonic()
    if build(SOURCE, HTML):
        return 1
    built = time.monotonic()
    found = checked(HTML)
    for fault in found.faults:
        print(fault, file=sys.stderr)
    if "--links" in arguments:
        for address, pages in sorted(found.external.items()):
            first, *others = dict.fromkeys(pages)
            print(f"{address}  ({first}{f' and {len(others)} more' if others else ''})")
    size = sum(path.stat().st_size for path in HTML.rglob("*") if path.is_file())
    print(
        f"{HTML / 'index.html'}: {found.pages} pages, {size / 1e6:.1f} MB; {found.internal:,} links within, "
        f"{len(found.external)} addresses outside; {len(found.faults)} faults; pages and pictures "
        f"{staged - began:.0f} s, Sphinx {built - staged:.0f} s, checks {time.monotonic() - built:.0f} s"
    )
    return 1 if found.faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
