"""From a file and `--set` words to an experiment, with errors that name the key and the nearest known one."""

from __future__ import annotations

import itertools
import os
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

import msgspec

from tui_nn.errors import ExperimentError, did_you_mean
from tui_nn.experiment.examples_list import example_names, example_text
from tui_nn.experiment.explained import explained
from tui_nn.experiment.places import located
from tui_nn.experiment.ranges import check_ranges
from tui_nn.experiment.schema import Experiment, Missing, Scale, Task
from tui_nn.experiment.values import check_text, check_values, is_formula
from tui_nn.files import is_there, read_bytes
from tui_nn.home import expanded
from tui_nn.spelling import preferred

# What people write in KEY=VALUE, and where it stands.
SHORTHANDS = {f"training.{name}": f"training.optimizer.{name}" for name in ("rate", "momentum")}

MOST_BYTES = 1 << 21  # of an experiment file; weights that take more are better kept in an .npz file
MOST_OF_RUN = 1 << 24  # of the file in a run, where every default and every digit is written out
SPELLED = ("network", "training")  # sections with keys that have two spellings


def load_experiment(name_or_path: str, overrides: Sequence[str] = (), *, links: bool = True) -> Experiment:
    """An experiment from a file, or from a bundled example by its name, with KEY=VALUE overrides applied.

    Paths in the file are relative to it, paths in overrides to the working directory; both become absolute. `links`:
    whether the file may be reached through one, which that of a run is not.
    """
    path = Path(name_or_path)
    if path.suffix != ".toml" and not (is_there(path) and path.is_file()):
        text, file, folder = example_text(name_or_path), name_or_path, Path.cwd()
    else:
        if links and not is_there(path):  # no other file stands for that of a run
            names = [name for name, _ in example_names()]
            near = did_you_mean(path.name, [p.name for p in path.parent.glob("*.toml")]) or did_you_mean("", names)
            raise ExperimentError(f"{path}: there is no such experiment file.{near}")
        try:
            text = read_bytes(path, MOST_BYTES if links else MOST_OF_RUN, links=links).decode()
        except OSError as error:
            raise ExperimentError(f"{path}: {error.strerror}.") from None
        except UnicodeDecodeError as error:
            raise ExperimentError(f"{path}: cannot be read as text: {error}") from None
        file, folder = path.name, path.resolve().parent
    tree = parse(text, name_or_path)
    _make_absolute(tree, folder)
    for override in overrides:
        apply_override(tree, override)
    with located(name_or_path, overrides):
        return decode(tree, file)


def parse(text: str, file: str) -> dict[str, Any]:
    """The tree of a TOML text. Raises ExperimentError with the place."""
    check_text(text, file)
    try:
        return tomllib.loads(text)
    except ValueError as error:  # of TOML, or a number of thousands of digits
        raise _not_toml(error, text, file) from None
    except RecursionError:
        raise ExperimentError("is nested too deeply.", "", file) from None


def _not_toml(error: ValueError, text: str, file: str) -> ExperimentError:
    """A syntax error with its place in front, where an editor and a build server look for it."""
    message = str(error)
    found = re.search(r" \(at line (\d+), column (\d+)\)$", message)
    if found:
        line, column = int(found.group(1)), int(found.group(2))
    else:
        line, column = text.count("\n") + 1, len(text) - text.rfind("\n")
        message = message.removesuffix(" (at end of document)") + ", and the file ends here"
    return ExperimentError(f"not valid TOML: {re.sub(r' .at line .*', '', message)}.", "", file, line, column)


def decode(tree: dict[str, Any], file: str) -> Experiment:
    """An experiment from a decoded TOML tree. `file` names it in errors."""
    tree = {name: _spelled(section) if name in SPELLED else section for name, section in tree.items()}
    check_values(tree, file)
    _check_require(tree.get("require"), file)
    try:
        experiment = msgspec.convert(tree, Experiment)
    except msgspec.ValidationError as error:
        raise explained(str(error), Experiment, CHOICES).of_file(file) from None
    check_ranges(experiment, file)
    if not experiment.name:
        experiment = msgspec.structs.replace(experiment, name=Path(file).stem)
    return experiment


def _spelled(section: Any) -> Any:
    """A section with its keys as they are spelled here."""
    return {preferred(key): value for key, value in section.items()} if isinstance(section, dict) else section


def _check_require(table: Any, file: str) -> None:
    """The decoder cannot say which entry of a table of text is something else."""
    for name, comparison in table.items() if isinstance(table, dict) else ():
        if not isinstance(comparison, str):
            raise ExperimentError(f'found {comparison}; expected text such as ">= 0.9".', f"require.{name}", file)


CHOICES: dict[str, Sequence[str]] = {
    "data.task": get_args(Task),
    "data.missing": get_args(Missing),
    "data.unknown": ["error", "ignore"],
    "data.dates": ["error", "parts"],
    "data.scale": get_args(Scale),
    "data.scale_target": ["none", "unit", "standard"],
    "training.dtype": ["float32", "float64"],
    "training.class_weights": ["none", "balanced"],
}


def with_overrides(experiment: Experiment, overrides: Sequence[str]) -> Experiment:
    """The experiment with KEY=VALUE changes. Raises ExperimentError for one that does not fit."""
    tree = msgspec.to_builtins(experiment)
    for override in overrides:
        apply_override(tree, override)
    return decode(tree, experiment.file)


def _make_absolute(tree: dict[str, Any], folder: Path) -> None:
    data = tree.get("data")
    source = data.get("source") if isinstance(data, dict) else None
    if isinstance(data, dict) and isinstance(source, str):
        path = folder / expanded(source)
        if _is_path(source) or (path.suffix and not is_formula(source) and is_there(path)):
            data["source"] = os.path.normpath(path)
    if isinstance(data, dict) and isinstance(data.get("test"), str) and data["test"]:
        data["test"] = os.path.normpath(folder / expanded(data["test"]))
    plugins = tree.get("plugins")
    if isinstance(plugins, list):
        tree["plugins"] = [os.path.normpath(folder / expanded(p)) if isinstance(p, str) else p for p in plugins]
    network = tree.get("network")
    if isinstance(network, dict) and isinstance(network.get("weights"), str):
        network["weights"] = os.path.normpath(folder / expanded(network["weights"]))


def _is_path(source: str) -> bool:
    return ("/" in source or "\\" in source or source.startswith("~")) and not is_formula(source)


def split_override(override: str) -> tuple[str, str]:
    """KEY=VALUE as key and value. Raises ExperimentError for anything else."""
    key, equals, text = (part.strip() for part in override.partition("="))
    if not equals or not key:
        raise ExperimentError(f"'{override}': expected KEY=VALUE, such as training.batch=64.")
    return key, text


def value_of(text: str) -> Any:
    """What a value of the command line means: TOML, or a bare word. Raises ExperimentError for one without end."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text.strip()
    except (ValueError, RecursionError):  # digits or brackets by the thousand
        raise ExperimentError(f"'{text}' is not a value that can be read.") from None


def apply_override(tree: dict[str, Any], override: str) -> None:
    """Set one KEY=VALUE. The value is TOML; a bare word is text."""
    key, text = split_override(override)
    key = preferred(SHORTHANDS.get(key, key))
    try:
        value = value_of(text)
    except ExperimentError as error:
        raise ExperimentError(f"--set {override}: {error}") from None
    steps: list[str | int] = []
    for part in key.split("."):
        match = re.fullmatch(r"([\w-]+)((?:\[\d{1,9}\])*)", part)
        if match is None:
            raise ExperimentError(
                f"--set {override}: '{part}' is not a key; expected, for example, network.layers[0].units."
            )
        steps.append(match.group(1))
        steps.extend(int(index) for index in re.findall(r"\[(\d+)\]", match.group(2)))
    node: Any = _with_defaults(tree, steps)
    for step, following in itertools.pairwise(steps):
        node = _descend(node, step, following, override)
    last = steps[-1]
    if isinstance(last, int):
        if not isinstance(node, list) or last >= len(node):
            raise ExperimentError(f"--set {override}: there is no element [{last}].")
        node[last] = value
    elif isinstance(node, dict):
        node[last] = str(expanded(value).absolute()) if _names_a_path(key, value) else value
    else:
        raise ExperimentError(f"--set {override}: '{last}' is not inside a table.")


def _names_a_path(key: str, value: Any) -> bool:
    if not isinstance(value, str):
        return False
    is_source = key == "data.source" and (_is_path(value) or (is_there(value) and Path(value).is_file()))
    return key in ("network.weights", "data.test") or is_source


def _with_defaults(tree: dict[str, Any], steps: list[str | int]) -> dict[str, Any]:
    """Before one layer, or one option, of a default is changed, the default must be there to change."""
    defaults: Any = msgspec.to_builtins(Experiment())
    node: Any = tree
    for step in steps[:-1]:
        if not isinstance(step, str) or not isinstance(node, dict) or not isinstance(defaults, dict):
            break
        if step not in defaults:
            break
        if isinstance(defaults[step], (list, str)) or step == "optimizer":
            node.setdefault(step, defaults[step])
        node, defaults = node.setdefault(step, {}), defaults[step]
    return tree


def _descend(node: Any, step: str | int, following: str | int, override: str) -> Any:
    if isinstance(step, int):
        if not isinstance(node, list) or step >= len(node):
            size = len(node) if isinstance(node, list) else 0
            raise ExperimentError(f"--set {override}: there is no element [{step}]; there are {size}, from 0.")
        return node[step]
    if not isinstance(node, dict):
        raise ExperimentError(f"--set {override}: '{step}' is not inside a table.")
    child = node.setdefault(step, [] if isinstance(following, int) else {})
    if isinstance(child, str) and isinstance(following, str):
        # optimizer = "sgd" and --set training.optimizer.rate=0.3: the name becomes a table.
        child = node[step] = {"kind": child}
    return child
