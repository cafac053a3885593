"""The child process in which a plugin is tried: it says what it is about to do, then what it found, a line each.

A plugin that hangs or kills the process is so known by the last line. What it prints goes to stderr.
"""

from __future__ import annotations

import faulthandler
import importlib
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from tui_nn.confined import confine
from tui_nn.errors import TuiNNError, did_you_mean
from tui_nn.leftover import leftover
from tui_nn.plugin.curves import sampled
from tui_nn.plugin.loading import LoadedPlugin
from tui_nn.plugin.registry import PluginInfo, Registry, load_registry
from tui_nn.plugin.sha256 import sha256_of
from tui_nn.testing.components import check_component
from tui_nn.testing.report import FAILED, NOTED, PASSED, CheckResult, Report


class _Teller:
    def __init__(self, out: TextIO) -> None:
        self._out = out

    def say(self, **what: Any) -> None:
        self._out.write(json.dumps(what) + "\n")
        self._out.flush()

    def report(self, report: Report) -> None:
        self.say(report=asdict(report))


def loaded(target: str, is_module: bool) -> tuple[Registry, PluginInfo]:
    """A registry and the plugin in it: a file, an importable module, or an installed plugin by its name."""
    registry, at = _found(target, is_module)
    return registry, registry.whole(at)


def _found(target: str, is_module: bool) -> tuple[Registry, int]:
    """The registry, and where the plugin is in its list."""
    if is_module:
        module = importlib.import_module(target)
        registry = load_registry()
        names = [plugin.name for plugin in registry.plugins]
        if target not in names:
            registry.add(
                LoadedPlugin(
                    target, str(module.__file__), str(getattr(module, "__version__", "")), module, asked_for=True
                )
            )
        return registry, names.index(target) if target in names else -1
    if target.endswith(".py") or Path(target).is_file():
        registry = load_registry([target], strict=False)
        return registry, -1
    registry = load_registry()
    for at, plugin in enumerate(registry.plugins):
        if target in (plugin.name, plugin.origin):
            return registry, at
    names = [plugin.name for plugin in registry.plugins]
    raise TuiNNError(f"there is no plugin '{target}', and no such file.{did_you_mean(target, names)}")


def _about(plugin: PluginInfo) -> Report:
    """What can be said of a plugin as a whole."""
    tried = "to import it and call its hooks"
    if plugin.state == "failed":
        finding = CheckResult("loads", FAILED, tried, plugin.reason, "fix this first: nothing else could be checked")
        return Report("plugin", plugin.name, (finding,))
    count = sum(len(names) for names in plugin.gives.values())
    findings = [CheckResult("loads", PASSED, tried, f"it gives {count}")]
    if plugin.replaces:
        worst = f"it replaces {', '.join(plugin.replaces)}"
        remedy = "rename it before publishing: an installed plugin may not replace components of another"
        findings.append(CheckResult("names", NOTED, "names of other plugins", worst, remedy))
    return Report("plugin", plugin.name, tuple(findings))


def _answers(activation: Any) -> Report:
    try:
        sampled(activation)
        finding = CheckResult("answers", PASSED, "its curve")
    except TuiNNError as error:
        finding = CheckResult("answers", FAILED, "its curve", str(error), "fix what raises")
    return Report("activation", activation.name, (finding,))


def main(target: str, is_module: bool, briefly: bool = False) -> None:
    """Try everything, and tell it on what was stdout."""
    teller = _Teller(os.fdopen(os.dup(1), "w", encoding="utf-8"))
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    faulthandler.enable()
    teller.say(doing="loads")
    try:
        registry, plugin = loaded(target, is_module)
    except TuiNNError as error:
        teller.say(error=str(error))
        return
    except Exception as error:
        finding = CheckResult("loads", FAILED, "to import it", f"{type(error).__name__}: {error}", "fix this first")
        teller.say(plugin=target, origin=target, sha256="")
        teller.report(Report("plugin", target, (finding,)))
        teller.say(done=True)
        return
    teller.say(plugin=plugin.name, origin=plugin.origin, sha256=sha256_of(plugin))
    teller.report(_about(plugin))
    for kind, names in plugin.gives.items():
        for name in names:
            if briefly:
                teller.say(doing="answers", kind=kind, name=name)
                if kind == "activation":
                    teller.report(_answers(registry.get(kind, name)))
                continue

            def progress(check: str, kind: str = kind, name: str = name) -> None:
                teller.say(doing=check, kind=kind, name=name)

            teller.report(check_component(kind, registry.get(kind, name), None, progress))
    left = leftover()
    if left:
        tried, remedy = (
            "threads left at the end",
            "make it a daemon thread or end it: the process waits for it",
        )
        teller.report(Report("plugin", plugin.name, (CheckResult("ends", FAILED, tried, "; ".join(left), remedy),)))
    teller.say(done=True)


if __name__ == "__main__":
    confine()
    main(sys.argv[2], sys.argv[1] == "module", sys.argv[1] == "briefly")
