"""docs/ci.md: its workflows are read as their build servers would, and their commands are executed in a shell."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import textwrap
from pathlib import Path

import pytest
from shims import forking, plain

from tui_nn.runs import open_run

pytestmark = pytest.mark.slow  # about ten trainings

DOCUMENT = (Path(__file__).parents[1] / "docs" / "ci.md").read_text()


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", DOCUMENT, re.DOTALL)


def commands_of(yaml):
    """The shell commands of a workflow: `run:` of GitHub, and the lists of GitLab's scripts.

    Enough YAML for these two pages: one-line values, and blocks that are indented further than their key.
    """
    lines = yaml.splitlines()
    for index, line in enumerate(lines):
        found = re.fullmatch(r"( *)(?:- )?run: (.*)", line)
        if found and found.group(2) != "|":
            yield found.group(2)
        elif found:
            indent = len(found.group(1))
            body = []
            for following in lines[index + 1 :]:
                if following.strip() and len(following) - len(following.lstrip()) <= indent:
                    break
                body.append(following)
            yield textwrap.dedent("\n".join(body))
        elif re.fullmatch(r" +(before_)?script:", line):
            for following in lines[index + 1 :]:
                item = re.fullmatch(r" +- (.*)", following)
                if item is None:
                    break
                yield item.group(1)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    return tmp_path_factory.mktemp("ci")


@pytest.fixture(scope="module")
def shell(workspace):
    """Runs a command as a build server's step does: in a shell that stops at the first error."""
    with forking(workspace / "bin") as path:

        def run(command, folder, **environment):
            folder.mkdir(exist_ok=True)
            return subprocess.run(
                ["bash", "-eo", "pipefail", "-c", command], cwd=folder, capture_output=True, text=True, timeout=120,
                stdin=subprocess.DEVNULL, env={**os.environ, "PATH": path, "CI": "true", **environment},
            )  # fmt: skip

        yield run


def test_github_workflow(shell, workspace):
    job, addition = blocks("yaml")[:2]
    page = workspace / "page.md"
    github = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(page)}
    steps = [*commands_of(job), *commands_of(addition)]
    assert len(steps) == 4
    assert steps[0] == "pip install tui-nn"
    for step in steps[1:]:
        done = shell(step, workspace / "github", **github)
        assert done.returncode == 0, done.stderr
        assert "\x1b" not in done.stdout + done.stderr
    for name in re.findall(r"^ {12}(\w+)$", job, re.MULTILINE):  # what upload-artifact is to find
        assert (workspace / "github" / name).is_dir()
    assert page.read_text().count("## ✅ digits") == 2


def test_a_training_over_several_jobs(shell, workspace):
    (command,) = commands_of(blocks("yaml")[2])
    slow = command.replace("50m", "0.2s") + " --quiet --set training.epochs=2000"
    for _ in range(2):
        done = shell(slow, workspace / "long")
        assert done.returncode == 0, done.stderr
        assert json.loads((workspace / "long" / "run" / "summary.json").read_text())["reason"] == "max_time"
    assert shell("exec tui-nn verify run", workspace / "long").returncode == 0
    whole = shell(command, workspace / "short")
    again = shell(command, workspace / "short")
    assert (whole.returncode, again.returncode) == (0, 0), again.stderr
    assert again.stderr == "tui-nn: run is already complete: 30 epochs done\n"


def test_gitlab_workflow(shell, workspace):
    (job,) = [block for block in blocks("yaml") if ".gitlab-ci.yml" in block]
    steps = list(commands_of(job))
    assert steps[0] == "pip install tui-nn"
    done = shell(steps[1], workspace / "gitlab")
    assert done.returncode == 0, done.stderr
    junit = re.search(r"junit: (\S+)", job).group(1)
    assert (workspace / "gitlab" / junit).is_file()


@pytest.mark.parametrize(
    ("bound", "code", "last"), [("0.95", 0, "good"), ("1.5", 0, "trained, but"), ("x", 1, "broken")]
)
def test_any_other(shell, workspace, bound, code, last):
    (script,) = blocks("sh")
    done = shell(script.replace("0.95", bound), workspace / f"other-{bound}")
    assert done.returncode == code
    assert done.stdout.splitlines()[-1].startswith(last)


def test_every_trainer_of_a_workflow_is_started_with_exec():
    """Otherwise its shell gets the signals, and keeps them."""
    for block in blocks("yaml"):
        for command in commands_of(block):
            assert "tui-nn " not in command or command.strip().startswith("exec tui-nn ")


@pytest.mark.posix("has no shell that hands signals on")
@pytest.mark.parametrize(("prefix", "state"), [("exec ", "finished"), ("", "live")])
def test_exec_hands_signals_on_and_a_shell_does_not(tmp_path, prefix, state):
    """The reason for `exec`, seen: without it the shell dies and the trainer has heard nothing."""
    process = subprocess.Popen(
        ["bash", "-c", f"{prefix}tui-nn train iris --run-dir run --speed 2; true"], cwd=tmp_path, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        env={**os.environ, "PATH": plain(tmp_path / "bin")},
    )  # fmt: skip
    process.stdout.readline()
    process.terminate()
    assert process.wait(10) == (143 if prefix else -signal.SIGTERM)
    process.stdout.close()
    run = open_run(tmp_path / "run")
    assert run.state() == state
    if state == "live":  # an orphan now: nobody else ends it
        os.kill(run.live().pid, signal.SIGTERM)


def test_an_error_as_json(tmp_path, monkeypatch, entry_point):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "e.toml").write_text("[training]\nepoch = 3\n")
    (documented,) = blocks("json")
    code, out, _ = entry_point("train", "e.toml", "--json")
    assert json.loads(out) == json.loads(documented)
    assert code == json.loads(documented)["error"]["exit_code"]
