"""The kinds of cases. One is made from a seed and its number, and from nothing else."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import threading
import time
from pathlib import Path

import calls
from calls import Call
from cases import Case, Draw
from corruptions import CORRUPTIONS, WORDS, corrupt
from data_files import data_of
from false_trainer import ANSWERS, FalseTrainer
from names import fit_for_a_file, fit_for_text, name_of
from run_files import KNOWING
from world import World, remove

from tui_nn.runs import layout

FILES = (
    *KNOWING, layout.EXPERIMENT, layout.LOG, layout.LOCK, layout.CONTROL, "stalled", "checkpoint.1", "best.new",
    "checkpoint.new", "snapshots.new", "summary.json.new",
)  # fmt: skip
KEYS = (
    "network.layers", "network.weights", "network.initializer", "data.source", "data.target", "data.missing", "plugins",
    "data.validation", "data.test", "data.scale", "name", "require", "epochs", "seed", "lambda", "l1", "clip_norm",
    "class_weights", "optimizer", "schedule", "batch", "dtype", "threads", "accelerator", "early_stopping", "plateau",
    "max_steps", "loss", "metrics",
)  # fmt: skip
MOMENTS = (0, -1, 2**31, 4_000_000_000, 253_402_300_800)
OF_A_RUN = calls.of("run") + calls.of("folder")


def a_damaged_file(draw: Draw) -> Case:
    """A file of a run, of one that ended or was cut short."""
    given = draw.sound()
    short = draw.chance.random() < 0.4
    if short:
        draw.cut_short()
    file, how = draw.one_of_each(FILES, list(CORRUPTIONS))
    path = draw.run / file
    if not path.exists():
        like = layout.CHECKPOINT if file.startswith(layout.CHECKPOINT) else layout.BEST
        path.write_bytes((draw.run / like).read_bytes())
    corrupt(path, how, draw.chance, draw.world.outside)
    return Case(f"run{', cut short' if short else ''}: {file}: {how}", OF_A_RUN, given)


def a_file_that_lies(draw: Draw) -> Case:
    """Sound in form: other values, shapes and types, with checksums that hold."""
    given = draw.sound()
    if draw.chance.random() < 0.5:
        draw.cut_short()
    known = list(KNOWING)
    files = [known[draw.order % len(known)], *draw.chance.sample(known, draw.chance.choice([0, 0, 1]))]
    for file in files:
        with contextlib.suppress(ValueError, FileNotFoundError):  # what cannot be written, or is not there
            KNOWING[file](draw.run / file, draw.chance)
    return Case(f"run: {' and '.join(files)}: other values", OF_A_RUN, given)


def broken_data(draw: Draw) -> Case:
    """A data file: each of the lists, and every fourth time a sound table that is damaged as the files of a run are."""
    given = draw.sound()
    path = draw.cwd / "data.csv"
    if draw.order % 4 == 3:
        (title,) = draw.one_of_each(list(CORRUPTIONS), order=draw.order // 4)
        corrupt(path, title, draw.chance, draw.world.outside)
    else:
        path.unlink()
        title, path = data_of(draw.chance, draw.order - draw.order // 4, draw.cwd)
    given["data"] = path.name
    draw.write_experiment("e", path.name)
    return Case(f"data: {title}", calls.of("data") + calls.of("experiment"), given)


def a_broken_experiment(draw: Draw) -> Case:
    """Its file, or the value of a key."""
    given = draw.sound()
    path = draw.cwd / "e.toml"
    if draw.order % 2:
        (how,) = draw.one_of_each(list(CORRUPTIONS), order=draw.order // 2)
        corrupt(path, how, draw.chance, draw.world.outside)
    else:
        key, value = draw.chance.choice(KEYS), draw.chance.choice(WORDS)
        lines = [line for line in path.read_text().splitlines() if not line.startswith(key.rpartition(".")[2])]
        lines.insert(0 if "." in key or key in ("name", "plugins", "require") else len(lines), f"{key} = {value}")
        path.write_text("\n".join([*lines, ""]))
        how = f"{key} = {value[:40]}"
    return Case(f"experiment: {how}", calls.of("experiment"), given)


def odd_names(draw: Draw) -> Case:
    """An experiment, a class, a column, a file, a run directory and a word of the command line of one name."""
    given = draw.sound()
    title, name = name_of(draw.chance, draw.order)
    label, file = fit_for_text(name), fit_for_a_file(name)
    quoted = '"' + label.replace('"', '""') + '"'
    rows = [f"{n},{n * n % 7},{quoted if n % 3 else 'b'}" for n in range(36)]
    data = draw.cwd / f"{file}.csv"
    data.write_text("\n".join([f"{quoted},y,class", *rows, ""]), "utf-8", newline="")
    draw.write_experiment(name, fit_for_text(data.name), classes=2)
    (draw.cwd / "e.toml").rename(draw.cwd / f"{file}.toml")
    remove(draw.run)
    draw.run.with_name(file).mkdir()
    given |= {
        "data": data.name, "experiment": f"{file}.toml", "run": f"runs/{file}",
        "name": name.replace("\0", "").replace("\ud800", "?")[:50_000],
    }  # fmt: skip
    train = Call(("train", "{experiment}", "--run-dir", "{run}", "--quiet"), ("run",))
    return Case(f"names: {title}", calls.ALL, given, first=train)


def another_clock(draw: Draw) -> Case:
    """A run from another time, or that says so, or whose trainer's number is somebody else's."""
    given = draw.sound()
    if draw.chance.random() < 0.7:
        draw.cut_short()
    if draw.chance.random() < 0.3:
        (draw.run / layout.LOCK).unlink()
    KNOWING[layout.LIVE](draw.run / layout.LIVE, draw.chance)
    moment = draw.chance.choice(MOMENTS)
    for path in [*draw.run.iterdir(), draw.run]:
        os.utime(path, (moment, moment))
    name = draw.chance.choice(["run", "29991231-235959-e-0123abcd", "19700101-000000-e-0", "99999999-999999-e-0"])
    draw.run.rename(draw.run.with_name(name))
    given["run"] = f"runs/{name}"
    return Case(f"clock: {moment}, {name}", OF_A_RUN, given)


def a_full_disk(draw: Draw) -> Case:
    """No file may grow beyond some size."""
    given = draw.sound()
    if draw.chance.random() < 0.7:
        draw.cut_short()
    largest = draw.chance.choice([1, 100, 1000, 4096, 10_000, 50_000, 100_000])
    writing = [call for call in calls.ALL if call.writes or "{out}" in " ".join(call.words)]
    return Case(f"files of at most {largest} bytes", writing, given, largest=largest)


def a_broken_plugin(draw: Draw) -> Case:
    """A plugin that its user names: it may do what it likes, but not be a defect of the program."""
    given = draw.sound()
    (how,) = draw.one_of_each([name for name in CORRUPTIONS if "byte" not in name])
    corrupt(draw.cwd / "mine.py", how, draw.chance, draw.world.outside)
    return Case(f"plugin: {how}", calls.of("plugin"), given)


def a_false_trainer(draw: Draw) -> Case:
    """Who answers at the control socket is none. A run that is held by its lock never ends for `--follow`."""
    given = draw.sound()
    draw.cut_short()
    (how,) = draw.one_of_each(list(ANSWERS))
    trainer = FalseTrainer(draw.run, ANSWERS[how], locked=draw.chance.random() < 0.7)
    asking = [call for call in calls.of("run") if "--follow" not in call.words]
    return Case(f"a false trainer: {how}", asking, given, heal=trainer.close)


def a_killed_trainer(draw: Draw) -> Case:
    """At some moment while it is steered, from the command line and from the screen."""
    given = draw.sound()
    remove(draw.run)
    words = "train e.toml --run-dir runs/run --set training.epochs=100000 --checkpoint-every 20steps --speed 50 --quiet"
    process = draw.world.background.start(words.split(), draw.cwd, draw.world.environment)
    until = time.monotonic() + 60
    while not (draw.run / layout.CONTROL).exists():
        assert time.monotonic() < until, "the trainer has no control channel"
        time.sleep(0.01)

    def kill() -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)

    def heal() -> None:
        timer.cancel()
        kill()
        draw.world.background.wait()

    timer = threading.Timer(draw.chance.uniform(0, 3), kill)
    timer.start()
    changes = ("run", *calls.BEGUN)
    return Case("a trainer that is killed", [*calls.STEERING * 3, *OF_A_RUN], given, changes=changes, heal=heal)


KINDS = (
    a_damaged_file, odd_names, a_file_that_lies, broken_data, a_damaged_file, a_broken_experiment, a_file_that_lies,
    another_clock, a_damaged_file, a_full_disk, broken_data, a_damaged_file, a_broken_plugin, a_false_trainer,
    a_killed_trainer,
)  # fmt: skip


def case_of(seed: int, number: int, world: World, whole: Path) -> Case:
    """The case of this number."""
    turn, place = divmod(number, len(KINDS))
    kind = KINDS[place]
    order = turn * KINDS.count(kind) + KINDS[:place].count(kind)
    return kind(Draw(world, whole, random.Random(f"{seed}:{number}"), seed, order))
