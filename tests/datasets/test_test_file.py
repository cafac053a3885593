"""`data.test = "test.csv"`: a file of its own, read as the training file is, and found again by the run."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from recording import train

from tui_nn.errors import DataError, ExperimentError
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.runs import open_run
from tui_nn.training.reopening import opened_run

HEADER = "a,sex,label\n"
ROWS = "".join(f"{row / 10},{('f', 'm')[row % 3 == 0]},{('no', 'yes')[row % 2]}\n" for row in range(40))
LAYERS = "network.layers=[{kind='dense', units=2, activation='sigmoid'}]"


@pytest.fixture
def files(tmp_path):
    (tmp_path / "train.csv").write_text(HEADER + ROWS)
    (tmp_path / "test.csv").write_text(HEADER + "9,m,yes\n8,m,yes\n7,f,no\n")
    (tmp_path / "made.toml").write_text('[data]\nsource = "train.csv"\ntest = "test.csv"\nscale = "none"\n')
    return tmp_path


def setup_of(folder, registry, *overrides):
    return build(load_experiment(str(folder / "made.toml"), [LAYERS, "training.epochs=2", *overrides]), registry)


def test_it_is_read_with_the_columns_categories_and_classes_of_the_other(files, registry):
    """The test file lacks nothing: its classes come in another order, and one category is rare."""
    splits = setup_of(files, registry).splits
    assert splits.features == ("a", "sex=f", "sex=m")
    assert splits.test.x.tolist() == [[9, 0, 1], [8, 0, 1], [7, 1, 0]]
    assert [splits.classes[label] for label in splits.test.y] == ["yes", "yes", "no"]
    assert len(splits.train) + len(splits.validation) == 40, "no row of the training file is taken for it"


def test_what_scales_is_measured_on_the_training_part_alone(files, registry):
    splits = setup_of(files, registry, "data.scale=unit", "data.validation=0").splits
    assert splits.test.x[:, 0] == pytest.approx(np.array([9, 8, 7]) / 3.9)


def test_a_run_finds_it_again_wherever_it_is_sent(files, registry, tmp_path):
    run = train(files / "run", registry, str(files / "made.toml"), LAYERS, "training.epochs=2")
    text = (run / "experiment.toml").read_text()
    assert 'test = "../test.csv"' in text
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    for name in ("run", "train.csv", "test.csv"):
        shutil.move(files / name, moved / name)
    with opened_run(open_run(moved / "run")) as session:
        assert len(session.setup().splits.test) == 3
    (moved / "test.csv").write_text(HEADER + "1,m,yes\n")
    with opened_run(open_run(moved / "run")) as session, pytest.raises(DataError, match="not the data that"):
        session.setup()
    (moved / "test.csv").unlink()
    with opened_run(open_run(moved / "run")) as session, pytest.raises(DataError, match=r"test\.csv, were not found"):
        session.setup()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,label\n1,yes\n2,no\n", "test.csv: column 2 is 'label'; expected 'sex', as in "),
        ("a,sex,label,b\n1,f,yes,2\n2,m,no,3\n", "test.csv: column 4 is 'b'; expected no more than the 3, as in "),
        ("a,sex,label\n1,x,yes\n2,m,no\n", "test.csv:2:2: "),
        ("a,sex,label\n1,f,maybe\n2,m,no\n", "class 'maybe' is in the test part alone."),
    ],
)
def test_what_does_not_fit_is_named(files, registry, text, words):
    (files / "test.csv").write_text(text)
    with pytest.raises(DataError) as found:
        setup_of(files, registry)
    assert words in str(found.value)


def test_a_file_that_is_not_there_and_data_that_are_none(files, registry):
    with pytest.raises(DataError, match=r"tests.csv: there is no such file or folder. Did you mean 'test.csv'\?"):
        setup_of(files, registry, f"data.test={files / 'tests.csv'}")
    for number in range(20):
        (files / f"{number}.txt").touch()
    with pytest.raises(DataError, match=r"Did you mean 'test.csv'\?$"):
        setup_of(files, registry, f"data.test={files / 'tests.csv'}")
    with pytest.raises(DataError, match=r"there is no such file or folder\.$"):
        setup_of(files, registry, f"data.test={files / 'unlike'}")
    with pytest.raises(ExperimentError, match="these data are not read from a file; expected a share"):
        setup_of(files, registry, "data.source=iris")
    with pytest.raises(ExperimentError, match=r"data\.test: found 1\.5; expected a share from 0 to below 1, or a path"):
        load_experiment("iris", ["data.test=1.5"])


def test_arrays_have_a_test_file_too(tmp_path, registry):
    x = np.arange(40.0).reshape(20, 2)
    np.savez(tmp_path / "train.npz", x=x, y=np.array(["no", "yes"] * 10))
    np.savez(tmp_path / "test.npz", x=x[:3], y=np.array(["yes", "yes", "yes"]))
    overrides = [
        f"data.source={tmp_path / 'train.npz'}",
        f"data.test={tmp_path / 'test.npz'}",
        LAYERS,
        "data.scale=none",
    ]
    splits = build(load_experiment("xor", overrides), registry).splits
    assert splits.test.x.tolist() == x[:3].tolist()
    assert splits.test.y.tolist() == [1, 1, 1]
