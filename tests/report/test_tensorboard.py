"""TensorBoard event files, read back by TensorBoard's own reader."""

from __future__ import annotations

import shutil
import subprocess
import sys
import warnings
from importlib.util import find_spec

import numpy as np
import pytest

from tui_nn.report.finished import finished
from tui_nn.report.tensorboard import write_event_files
from tui_nn.runs import layout, open_run
from tui_nn.runs.snapshots import HEADER, read_records

pytestmark = pytest.mark.skipif(
    not (find_spec("tensorboardX") and find_spec("tensorboard")), reason="needs the extra tensorboard, and TensorBoard"
)


def read(folder):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # TensorBoard's own
        from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

        reader = EventAccumulator(str(folder), size_guidance={"scalars": 0, "histograms": 0})
        reader.Reload()
    return reader


def test_its_own_reader_reads_every_number_back(trained, tmp_path):
    run = finished(trained / "run")
    write_event_files(run, tmp_path)
    history = run.reader.history
    for part, columns in (("train", history.train), ("validation", history.validation)):
        reader = read(tmp_path / "run" / part)
        assert set(columns) <= set(reader.Tags()["scalars"])
        for name, values in columns.items():
            events = reader.Scalars(name)
            assert [event.step for event in events] == history.epoch_steps
            assert [event.value for event in events] == pytest.approx(values, rel=1e-6)
    batches = read(tmp_path / "run" / "train").Scalars("batch_loss")
    assert [event.step for event in batches] == history.steps
    assert [event.value for event in batches] == pytest.approx(history.step_loss, rel=1e-6)
    assert [event.value for event in read(tmp_path / "run" / "test").Scalars("accuracy")] == pytest.approx(
        [run.summary.metrics["test"]["accuracy"]]
    )


def test_weights_are_histograms(trained, tmp_path):
    write_event_files(finished(trained / "run"), tmp_path)
    events = read(tmp_path / "run" / "train").Histograms("Theta1")
    records = read_records(trained / "run" / layout.SNAPSHOTS)
    assert [event.step for event in events] == records["step"].tolist()
    first = records[0]["values"][: 25 * 65]
    found = events[0].histogram_value
    assert (found.num, found.min, found.max) == pytest.approx((25 * 65, first.min(), first.max()))
    assert sum(found.bucket) == pytest.approx(25 * 65)
    assert found.sum == pytest.approx(float(np.sum(first, dtype=np.float64)), abs=1e-3)


def test_snapshots_of_another_network_are_left_out(trained, tmp_path):
    sick = tmp_path / "sick"
    shutil.copytree(trained / "run", sick, ignore=lambda *_: [layout.CONTROL])
    content = bytearray((sick / layout.SNAPSHOTS).read_bytes())
    np.frombuffer(content, HEADER, 1)["parameters"][...] = 0
    (sick / layout.SNAPSHOTS).write_bytes(content)
    write_event_files(finished(sick), tmp_path)
    assert read(tmp_path / "sick" / "train").Tags()["histograms"] == []


def test_a_second_report_replaces_the_first(trained, tmp_path):
    for _ in range(2):
        write_event_files(finished(trained / "run"), tmp_path)
    assert len(read(tmp_path / "run" / "validation").Scalars("loss")) == len(open_run(trained / "run").history.epochs)


def test_a_run_that_diverged_is_written_too(diverged, tmp_path):
    write_event_files(finished(diverged / "run"), tmp_path)
    assert len(read(tmp_path / "run" / "train").Scalars("loss")) >= 1


def test_without_the_library_the_error_names_the_extra(tmp_path):
    code = (
        "import sys; sys.modules['tensorboardX'] = None\n"
        "sys.argv = ['tui-nn', 'train', 'digits', '--tensorboard', 'x']\n"
        "from tui_nn.cli.main import entry; entry()"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert done.stderr.strip().endswith("--tensorboard needs tensorboardX: pip install 'tui-nn[tensorboard]'.")
    assert not (tmp_path / "runs").exists(), "it is said before anything is trained"
