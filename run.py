#!/usr/bin/env python3
"""Sets everything up and starts tui-nn, on a machine that has only Python.

python3 run.py               the workbench; without a terminal, a training with its pictures as text
python3 run.py test [...]    the tests, shared between the processors unless some are named
python3 run.py site          the documentation site, into build/site/html
python3 run.py COMMAND ...   any command of tui-nn
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
FAST = ROOT / "plugins" / "tui-nn-fast"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"


def install(group: str) -> None:
    """Make .venv and install into it, with a dependency group if one is named, and the kernels for the tests.

    Unless that was done for this very pyproject.toml, and these kernels.
    """
    import tomllib

    project = (ROOT / "pyproject.toml").read_bytes()
    wanted = ["-e", str(ROOT)]
    if group:
        wanted += tomllib.loads(project.decode())["dependency-groups"][group]
    if group == "dev":
        wanted += ["-e", str(FAST)]
        project += b"".join(path.read_bytes() for path in sorted(FAST.glob("src/*")))
    stamp = VENV / f"installed{'-' if group else ''}{group}"
    if PYTHON.exists() and stamp.exists() and stamp.read_bytes() == project:
        return
    if not PYTHON.exists():
        print("tui-nn: setting up .venv (once) ...", file=sys.stderr, flush=True)
        try:
            import ensurepip  # noqa: F401
            import venv

            venv.create(VENV, with_pip=True)
        except ImportError:
            sys.exit(f"This Python has no venv. On Debian or Ubuntu: sudo apt install python{VERSION}-venv")
    # Kernels of the accelerator: by the system's compiler where there is one, else by one that pip fetches (100 MB).
    compiler = shutil.which("gcc") or shutil.which("cc") or ""
    environment = {"TUI_NN_FAST_CC": compiler, **os.environ}
    pip = [str(PYTHON), "-P", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted]
    if subprocess.call(pip, stdout=sys.stderr, env=environment):
        sys.exit("tui-nn: the installation failed; the reason stands above.")
    stamp.write_bytes(project)


def workers() -> int:
    """Processes for the tests: one more than processors, for some only wait, but few: a container may see too many."""
    seen = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(4, seen + 1)


def call(*arguments: str) -> int:
    """Run a module in .venv, importing nothing from the working directory. Returns the exit code."""
    return subprocess.call([str(PYTHON), "-P", "-m", *arguments])


def main(arguments: list[str]) -> int:
    if sys.version_info < (3, 11):  # noqa: UP036 - the one line that an older Python must be able to run
        sys.exit(f"tui-nn needs Python 3.11 or newer; this is {VERSION}.")
    first = arguments[0] if arguments else ""
    install({"test": "dev", "site": "docs"}.get(first, ""))
    if first == "site":
        return call("docsite", *arguments[1:])
    if first == "test":
        os.chdir(ROOT)
        named = any(Path(word.split("::")[0]).exists() for word in arguments[1:])
        return call("pytest", *([] if named else ["-n", str(workers())]), *arguments[1:])
    if arguments or (sys.stdin.isatty() and sys.stdout.isatty()):
        return call("tui_nn", *arguments)
    code = call("tui_nn", "train", "digits")
    for view in ("loss", "confusion", "units"):
        print()
        code = code or call("tui_nn", "show", "latest", "--view", view)
    return code


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
