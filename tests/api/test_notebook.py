"""The notebook in docs/ runs from its first cell to its last, and shows its pictures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

NOTEBOOK = Path(__file__).parents[2] / "docs" / "first-network.ipynb"


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # of the libraries of notebooks
def test_the_notebook_runs_and_shows_its_pictures(tmp_path):
    nbclient = pytest.importorskip("nbclient", reason="needs nbclient and ipykernel to run a notebook")
    pytest.importorskip("ipykernel", reason="needs nbclient and ipykernel to run a notebook")
    import nbformat

    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbclient.NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = [cell.outputs for cell in notebook.cells if cell.cell_type == "code"]
    _, trained, boundary, confusion, moments = outputs
    said = "".join(output.text for output in trained if output.output_type == "stream")
    assert {output.name for output in trained if output.output_type == "stream"} == {"stderr"}
    assert said.rstrip("\n").rpartition("\r")[2].startswith("epoch 60/60")
    for shown in (trained, boundary, confusion):
        assert shown[-1].data["image/svg+xml"].startswith("<svg")
    assert "net of 2 inputs: 12 tanh, 1 sigmoid" in trained[-1].data["text/plain"]
    assert "accuracy" in confusion[-1].data["text/plain"]
    early, last = (float(word) for word in moments[-1].data["text/plain"].replace("np.float64", "").strip("[]").replace(
        "(", "").replace(")", "").split(","))  # fmt: skip
    assert early < last
    assert last > 0.95


def test_the_notebook_is_short_and_kept_without_outputs():
    cells = [cell for cell in json.loads(NOTEBOOK.read_text("utf-8"))["cells"] if cell["cell_type"] == "code"]
    lines = [line for cell in cells for line in "".join(cell["source"]).splitlines() if line.strip()]
    assert len(lines) <= 12
    assert all(not cell["outputs"] for cell in cells)
