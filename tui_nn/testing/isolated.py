"""A plugin checked in a process of its own, under a time limit: it may hang or crash, and is named for it."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from typing import Any

from tui_nn.errors import ExperimentError
from tui_nn.system import killed_by
from tui_nn.testing.report import FAILED, CheckResult, PluginReport, Report

LIMIT = 30.0  # seconds for a single check


def check_isolated(
    target: str, *, is_module: bool = False, limit: float = LIMIT, briefly: bool = False
) -> PluginReport:
    """All checks of all that a plugin gives. target: a file, the name of an installed plugin, or a module's.

    briefly: only that it loads, and that its activations answer.

    Raises ExperimentError where there is no such plugin.
    """
    how = "module" if is_module else "briefly" if briefly else "plugin"
    command = [sys.executable, "-P", "-m", "tui_nn.testing.child", how, target]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, env=environment
        )
        lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        reader = threading.Thread(target=_read, args=(process, lines), daemon=True)
        reader.start()
        try:
            return _listen(process, lines, target, limit, errors)
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
            reader.join()
            if process.stdout is not None:
                process.stdout.close()


def _read(process: subprocess.Popen[bytes], lines: queue.SimpleQueue[bytes]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        lines.put(line)
    lines.put(b"")


def _listen(
    process: subprocess.Popen[bytes], lines: queue.SimpleQueue[bytes], target: str, limit: float, errors: Any
) -> PluginReport:
    about: dict[str, Any] = {"plugin": target, "origin": target, "sha256": ""}
    doing: dict[str, Any] = {"doing": "loads"}
    reports: list[Report] = []
    while True:
        try:
            line = lines.get(timeout=limit)
        except queue.Empty:
            process.kill()
            process.wait()
            remedy = "look for an endless loop, or make it faster; --limit allows more time"
            reports.append(_ended(about, doing, f"no answer within {limit:g} s", remedy))
            break
        if not line:
            process.wait()
            how = _how(process.returncode, errors)
            reports.append(_ended(about, doing, how, "raise an exception; a plugin must never end the process"))
            break
        said = json.loads(line)
        if "error" in said:
            raise ExperimentError(said["error"])
        if "report" in said:
            reports.append(_report(said["report"]))
        elif "plugin" in said:
            about = said
        elif "doing" in said:
            doing = said
        elif "done" in said:
            break
    return PluginReport(about["plugin"], about["origin"], about["sha256"], tuple(reports))


def _ended(about: dict[str, Any], doing: dict[str, Any], worst: str, remedy: str) -> Report:
    """What was under way when the child hung or died."""
    finding = CheckResult(doing["doing"], FAILED, f"to run the check '{doing['doing']}'", worst, remedy)
    return Report(doing.get("kind", "plugin"), doing.get("name", about["plugin"]), (finding,))


def _how(code: int, errors: Any) -> str:
    killer = killed_by(code)
    how = f"the process was killed by {killer}" if killer else f"the process ended with code {code}"
    errors.seek(0)
    words = errors.read()[-4000:].decode("utf-8", "replace").strip().splitlines()
    where = next((line.strip() for line in words if line.strip().startswith("File ") and "tui_nn" not in line), "")
    return f"{how} {where}".strip()


def _report(tree: dict[str, Any]) -> Report:
    return Report(tree["kind"], tree["name"], tuple(CheckResult(**finding) for finding in tree["findings"]))
