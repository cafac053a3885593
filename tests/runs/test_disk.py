"""What a disk can do to a run: a power cut that loses or tears what was not synced, and a write that finds no room."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from tui_nn.errors import StorageError
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.experiment.change import Settings
from tui_nn.model.tensors import DamagedTensors, unpack
from tui_nn.runs import checkpoint as checkpoints
from tui_nn.runs import layout
from tui_nn.runs.checkpoint import load_checkpoint
from tui_nn.runs.saving import Saving
from tui_nn.runs.session import Session
from tui_nn.training.resume import begin_run
from tui_nn.training.whole import whole_of

SAVES = [1, 2, 3, 7, 8, 9, 15, 16]  # steps: within an epoch of seven and at its end, until old checkpoints go
READ = (layout.CHECKPOINT, layout.BEST, layout.EVENTS)  # and what is older or on its way
PASSING = {layout.LIVE}  # a window into a living process, which nobody reads after a power cut


def begin(registry, path, say=print):
    experiment = load_experiment("iris", ["training.epochs=3"])
    setup = build(experiment, registry)
    settings = Settings(experiment, registry, setup.trainer)
    whole = whole_of(setup, registry, path)
    return settings, begin_run(path, path.exists(), settings, whole, Saving(1, "step"), say)[0]


# A power cut


@dataclass
class File:
    """What an inode holds: for good since its last sync, and in the page cache."""

    synced: bytes = b""
    content: bytes = b""

    def after_a_cut(self):
        """Lost, whole, torn in the middle of what is new, or as long as it should be and full of zeros."""
        if self.content == self.synced:
            return {self.synced}
        half = len(self.synced) + (len(self.content) - len(self.synced)) // 2
        grown = self.content.startswith(self.synced)
        torn = self.content[:half] if grown else self.content[: len(self.content) // 2]
        zeros = self.synced if grown else b""
        return {self.synced, self.content, torn, zeros + bytes(len(self.content) - len(zeros))}


@dataclass
class Disk:
    """A model of one directory on a disk that keeps nothing it was not told to keep.

    Contents are kept by fsync of the file, names by fsync of the directory; of what was not synced, each change of a
    name may be there or not, and each file lost, torn or whole, independently: what POSIX allows.
    """

    root: Path
    names: dict[str, File] = field(default_factory=dict)  # as running programs see them
    kept: dict[str, File] = field(default_factory=dict)  # names that are on the disk
    pending: list[tuple[str, str, File | None]] = field(default_factory=list)  # (name now, name before, file)
    exists: bool = False  # whether the directory itself is on the disk

    def look(self):
        """Take in what was created and written since."""
        for path in self.root.iterdir() if self.root.exists() else ():
            if path.name in PASSING or not path.is_file():
                continue
            if path.name not in self.names:
                self.names[path.name] = File()
                self.pending.append((path.name, "", self.names[path.name]))
            self.names[path.name].content = path.read_bytes()

    def fsync(self, descriptor):
        found = os.fstat(descriptor)
        if self.root.exists() and os.path.samestat(found, self.root.stat()):
            self.kept, self.pending = dict(self.names), []
        elif os.path.samestat(found, self.root.parent.stat()):
            self.exists = True
        for name, file in self.names.items():
            if os.path.samestat(found, (self.root / name).stat()):
                file.synced = file.content

    def replace(self, old, new):
        self.names[new] = self.names.pop(old)
        self.pending.append((new, old, self.names[new]))

    def unlink(self, name):
        if self.names.pop(name, None) is not None:
            self.pending.append((name, "", None))

    def after_a_cut(self):
        """Every state in which the directory may be found: {name: content}, or None if it is not there at all."""
        if not self.exists:
            yield None
        for there in itertools.product((True, False), repeat=len(self.pending)):
            names = dict(self.kept)
            for happened, (name, before, file) in zip(there, self.pending, strict=True):
                if happened:
                    names.pop(before, None)
                    names.pop(name, None)
                    names |= {} if file is None else {name: file}
            for contents in itertools.product(*(file.after_a_cut() for file in names.values())):
                yield dict(zip(names, contents, strict=True))


class Miss(Exception):
    """A power cut would have cost something that was promised."""


def check(folder, acknowledged, before, state):
    """Raise Miss if a run that is found like this has a damaged file that readers try, or lost an acknowledged save.

    `before` is what the files held before the cut.
    """
    if state is None:
        if acknowledged:
            raise Miss("the run is gone")
        return
    for name, content in state.items():
        (folder / name).write_bytes(content)
    said = []
    try:
        found = load_checkpoint(folder, said.append)
        if layout.BEST in state:
            unpack(state[layout.BEST])
    except (StorageError, DamagedTensors) as error:
        raise Miss(str(error)) from None
    if said:
        raise Miss(said[0])
    if (found.step if found else 0) < acknowledged:
        raise Miss(f"step {acknowledged} was acknowledged, {found and found.step} is there")
    if found and state[layout.EVENTS][: found.events] != before[layout.EVENTS][: found.events]:
        raise Miss("events that the checkpoint counts on are lost")
    for name in state:
        (folder / name).unlink()


def power_cuts(registry, folder, monkeypatch, sabotage=lambda patch: None):
    """Train and save on the modelled disk, and cut the power around every operation. Returns the states it was in.

    Raises Miss for the first state that is not as promised.
    """
    run, shown = folder / "run", folder / "shown"
    shown.mkdir()
    disk, acknowledged, seen, checked = Disk(run), 0, set(), set()

    def cut():
        disk.look()
        before = {name: file.content for name, file in disk.names.items()}
        for state in disk.after_a_cut():
            seen.add((acknowledged, None if state is None else frozenset(state.items())))
            # The other files, such as the experiment, are not read here: states that differ in them alone are one.
            read = state and {name: content for name, content in state.items() if name.startswith(READ)}
            key = (acknowledged, None if read is None else frozenset(read.items()))
            if key not in checked:
                checked.add(key)
                check(shown, acknowledged, before, read)

    def around(real, note):
        def operation(*arguments, **options):
            if isinstance(arguments[0], int) or arguments[0].parent == run:
                cut()
                real(*arguments, **options)
                note(*arguments)
                cut()
            else:
                real(*arguments, **options)

        return operation

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", around(os.fsync, disk.fsync))
        patch.setattr(os, "replace", around(os.replace, lambda old, new: disk.replace(old.name, new.name)))
        patch.setattr(Path, "unlink", around(Path.unlink, lambda path: disk.unlink(path.name)))
        sabotage(patch)
        settings, writer = begin(registry, run)
        saved = writer.save

        def save():
            nonlocal acknowledged
            if settings.trainer.progress.step in SAVES:
                saved()
                acknowledged = settings.trainer.progress.step
                cut()

        patch.setattr(writer, "save", save)
        settings.trainer.burst = 1
        try:
            Session(settings.trainer, writer, settings=settings, speed=1e9).run()
        finally:
            writer.close()
    return seen


@pytest.mark.slow
def test_a_power_cut_at_any_moment_loses_nothing_that_was_acknowledged(registry, tmp_path, monkeypatch):
    states = power_cuts(registry, tmp_path, monkeypatch)
    print(f"{len(states)} states of the disk")
    assert len(states) > 500


def without(name):
    """A sync that does nothing, for files or for directories."""

    def sabotage(patch):
        sync = os.fsync
        is_folder = name == "folder"

        def fsync(descriptor):
            if (os.fstat(descriptor).st_mode & 0o170000 == 0o040000) is not is_folder:
                sync(descriptor)

        patch.setattr(os, "fsync", fsync)

    return sabotage


def in_place(patch):
    """The new checkpoint is written over the old one, and nothing is renamed."""
    patch.setattr(checkpoints, "write_synced", lambda path, content: path.with_suffix("").write_bytes(content))
    patch.setattr(os, "replace", lambda old, new: None)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sabotage", "words"),
    [(without("file"), "checkpoint"), (without("folder"), "events.jsonl"), (in_place, "checkpoint")],
    ids=["no sync of files", "no sync of folders", "in place"],
)
def test_the_model_notices_a_save_that_is_not_safe(registry, tmp_path, monkeypatch, sabotage, words):
    with pytest.raises(Miss, match=words):
        power_cuts(registry, tmp_path, monkeypatch, sabotage)


# A full disk

SHORT = ["iris", "--set", "training.epochs=40", "--set", "training.batch=2", "--checkpoint-every", "5steps", "--quiet"]


def ended_well(trainers, run, whole):
    """After a training that may have found no room: one clear line and code 6; the run is sound, and goes on."""
    code, said = trainers.wait(), trainers.said()
    assert code in (0, 6), (code, said)
    assert "Traceback" not in said
    if code == 6:
        assert re.search(r"No space left on device|File too large", said.splitlines()[-1])
    warnings = []
    found = load_checkpoint(run, warnings.append)
    assert warnings == []
    if not run.is_dir() or not (run / layout.EVENTS).exists():
        return code, None
    elsewhere = run.parents[1] / f"{run.parent.name}-again"
    shutil.copytree(run, elsewhere, ignore=lambda *_: [layout.CONTROL])
    if code == 6:
        assert trainers.run("train", *SHORT, "--resume", "auto", "--run-dir", str(elsewhere), cwd=run.parent) == 0
    assert (elsewhere / layout.EVENTS).stat().st_size > 0
    assert np.array_equal(load_checkpoint(elsewhere, pytest.fail).parameters, whole)
    shutil.rmtree(elsewhere)
    return code, found and found.step


@pytest.fixture(scope="module")
def whole(tmp_path_factory, trainers):
    """The weights of the training that had room."""
    folder = tmp_path_factory.mktemp("whole")
    assert trainers.run("train", *SHORT, "--run-dir", "run", cwd=folder) == 0, trainers.said()
    return load_checkpoint(folder / "run", pytest.fail).parameters


@pytest.mark.parametrize("largest", [300, 2_000, 5_000, 30_000, 66_000, 70_000])
def test_a_file_that_may_not_grow(tmp_path, trainers, whole, largest):
    (tmp_path / "disk").mkdir()
    trainers.start("train", *SHORT, "--run-dir", "run", cwd=tmp_path / "disk", largest=largest)
    ended_well(trainers, tmp_path / "disk" / "run", whole)


@pytest.mark.long
@pytest.mark.slow
def test_a_disk_that_is_full_after_any_page(tmp_path, trainers, whole):
    """File systems of many sizes: the write that finds no room is another one each time."""
    disk = tmp_path / "disk"
    disk.mkdir()
    ends = []
    for pages in range(1, 70, int(os.environ.get("TUI_NN_PAGES", "6"))):
        mount = ["mount", "-t", "tmpfs", "-o", f"size={4 * pages}k", "tmpfs", str(disk)]
        if sys.platform != "linux" or shutil.which("mount") is None or subprocess.run(mount, check=False).returncode:
            pytest.skip("needs the right to mount a tmpfs")
        try:
            trainers.start("train", *SHORT, "--run-dir", str(disk / "run"), cwd=tmp_path)
            ends.append(ended_well(trainers, disk / "run", whole))
        finally:
            subprocess.run(["umount", "-l", str(disk)], check=True)
    print(ends)
    assert ends[0][0] == 6
    assert ends[-1][0] == 0
    assert len({step for code, step in ends if code == 6}) > 3
