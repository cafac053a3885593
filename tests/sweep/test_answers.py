"""What a worker elsewhere returns is data: bytes of JSON, checked field by field before anything is done with it."""

from __future__ import annotations

import pickle
from concurrent.futures import Executor, Future

import msgspec
import pytest

from tui_nn.errors import StorageError
from tui_nn.sweep.plan import make_plan
from tui_nn.sweep.results import Result, SweepDirectory
from tui_nn.sweep.run import run_plan
from tui_nn.sweep.trial import Answer, answered


class Far(Executor):
    """A worker that answers whatever it likes."""

    def __init__(self, answer):
        self.answer = answer

    def submit(self, fn, /, *args, **kwargs):  # noqa: ARG002
        assert fn.__name__ == "run_trial_elsewhere"
        future = Future()
        future.set_result(self.answer)
        return future


class Evil:
    def __reduce__(self):
        return pytest.fail, ("it was unpickled",)


NONSENSE = {
    "pickle": pickle.dumps([Evil]),
    "an object": Evil(),
    "a table that is no JSON": {"exit_code": 0},
    "text": "{}",
    "nothing": b"",
    "no exit code": b"{}",
    "a word for it": b'{"exit_code": "0"}',
    "a list of metrics": b'{"exit_code": 0, "metrics": [1]}',
    "metrics that are none": b'{"exit_code": 0, "metrics": {"train": {"loss": "x"}}}',
    "files that are none": b'{"exit_code": 0, "files": {"a": [1]}}',
    "not base64": b'{"exit_code": 0, "files": {"a": "?"}}',
    "nested": b"[" * 100_000,
    "a number of thousands of digits": b'{"exit_code": ' + b"9" * 5000 + b"}",
    "cut": b'{"exit_code": 0, "message": "',
    "not UTF-8": b'{"exit_code": 0, "message": "\xff"}',
}


@pytest.fixture
def plan():
    return make_plan("iris")


@pytest.mark.parametrize("name", NONSENSE)
def test_nonsense_is_a_failed_trial(tmp_path, plan, name):
    (result,) = run_plan(plan, SweepDirectory(tmp_path), Far(NONSENSE[name]), in_place=False)
    assert result.state == "failed"
    assert result.message.startswith("the worker's answer is none of a trial: ")
    assert "\n" not in result.message
    assert not (tmp_path / "runs" / result.identity).exists()


def test_an_answer_is_kept_with_its_files(tmp_path, plan):
    answer = Answer(0, metrics={"train": {"loss": 0.5, "r2": None}}, files={"log": b"\xff\0", "a/b": b""})
    (result,) = run_plan(plan, SweepDirectory(tmp_path), Far(msgspec.json.encode(answer)), in_place=False)
    assert (result.state, result.metrics) == ("done", {"train": {"loss": 0.5, "r2": None}})
    assert (tmp_path / "runs" / result.identity / "log").read_bytes() == b"\xff\0"
    assert (tmp_path / "runs" / result.identity / "a" / "b").read_bytes() == b""


@pytest.mark.parametrize("name", ["../x", "/tmp/x", "a/../../x", "a\0b"])
def test_files_stay_within(tmp_path, plan, name):
    answer = msgspec.json.encode(Answer(0, files={name: b""}))
    with pytest.raises(StorageError, match="outside the run directory"):
        run_plan(plan, SweepDirectory(tmp_path / "s"), Far(answer), in_place=False)
    assert {path.name for path in tmp_path.iterdir()} == {"s"}


def test_every_field_of_a_result_that_a_worker_may_set_is_checked():
    given = {"exit_code", *(set(Result.__dataclass_fields__) & set(Answer.__struct_fields__))}
    own = {"identity", "settings", "seed", "fold", "state", "attempts", "run", "schema"}
    assert set(Result.__dataclass_fields__) == given | own
    assert answered(msgspec.json.encode(Answer(3, "x")))["message"] == "x"
