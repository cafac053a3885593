"""The gallery: views of real runs and the main screens, light and dark, drawn by the program as the site is built."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import tui_nn
from docsite import markdown
from docsite.runs import TRAININGS
from docsite.screens import SCREENS, photographed
from tui_nn.errors import ExperimentError
from tui_nn.plugin.view import View
from tui_nn.views import views_of

INTRODUCTION = """Drawn by tui-nn when this page was made, of runs that were trained for it; in the workbench
`s` saves such pictures, elsewhere `tui-nn show RUN --view NAME --svg FILE`. Light or dark, as your browser asks
for it."""
WIDTH, HEIGHT = 100, 28  # cells
PICTURES = "images/gallery"
# Views that another run shows better than the first that can.
BETTER = {
    "forward": "forward-3-4-2",
    "hidden": "spiral",
    "sample": "xor",
    "unit": "xor",
    "curve": "sine",
    "bumps": "bumps",
    "verdict": "sick",
}


def hang(source: Path) -> None:
    """Write the page and its pictures into the source of the site."""
    folder = source / PICTURES
    folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as runs:
        trained = {name: training.into(Path(runs) / name) for name, training in TRAININGS.items()}
        photographed(Path(runs), folder)
        shown = {view.name: _drawn(view, trained, folder) for view in views_of()}
    (source / "gallery.md").write_text(page(shown), "utf-8")


def _drawn(view: View, trained: Mapping[str, tui_nn.RecordedRun], folder: Path) -> str:
    """The name of the training that it was drawn of. Raises ExperimentError for a view that none of them suits."""
    names = dict.fromkeys([BETTER.get(view.name, "digits"), *trained])
    for name in names:
        try:
            for light in (False, True):
                picture = tui_nn.show(trained[name], view.name, width=WIDTH, height=HEIGHT, light=light)
                picture.save(folder / f"{view.name}-{_shade(light)}.svg")
        except ExperimentError:
            continue
        return name
    raise ExperimentError(f"the gallery has no run that the view '{view.name}' can show: docsite/runs.py.")


def _shade(light: bool) -> str:
    return "light" if light else "dark"


def page(shown: Mapping[str, str]) -> str:
    """shown: view -> the training that it was drawn of."""
    views = views_of()
    return markdown.page(
        "Gallery",
        INTRODUCTION,
        "## Screens",
        *(
            part
            for screen in SCREENS
            for part in (f"### {screen.title}", screen.says, *_picture(screen.name, screen.title))
        ),
        "## Views",
        " ".join(f"[{view.name}](#{view.name})" for view in views),
        *(part for view in views for part in _section(view, shown[view.name])),
    )


def _section(view: View, training: str) -> Iterator[str]:
    yield f"### {view.name}"
    more = f"[what can be turned in it](reference/views.md#{view.name})"
    yield f"{markdown.text(view.description)} Of {TRAININGS[training].says}; {more}."
    yield from _picture(view.name, f"The view {view.name}")


def _picture(name: str, words: str) -> Iterator[str]:
    """The picture that the reader's colours ask for."""
    for shade in ("light", "dark"):
        yield f"```{{image}} {PICTURES}/{name}-{shade}.svg\n:alt: {words}\n:class: only-{shade}\n```"
