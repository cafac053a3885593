"""The tests of the kernels over kernels that watch their memory and arithmetic: nothing outside, nothing undefined."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

tui_nn_fast = pytest.importorskip("tui_nn_fast", reason="needs the extra 'fast'")
pytestmark = pytest.mark.slow

PLUGIN = Path(__file__).parents[2] / "plugins" / "tui-nn-fast"
SANITIZED = "-O1 -g1 -fsanitize=address,undefined -fno-sanitize-recover=undefined"
BUILD = """
import sys, types
hook = types.ModuleType("hatchling.builders.hooks.plugin.interface")
hook.BuildHookInterface = type("Hook", (), {"__class_getitem__": lambda cls, item: cls})
sys.modules[hook.__name__] = hook
for name in ("hatchling", "hatchling.builders", "hatchling.builders.hooks", "hatchling.builders.hooks.plugin"):
    sys.modules[name] = types.ModuleType(name)
from pathlib import Path
import hatch_build
hatch_build.build(Path("src"), Path(sys.argv[1]))
"""


def runtime():
    """The library that has to be there before Python is."""
    if shutil.which("gcc") is None:
        return None
    said = subprocess.run(["gcc", "-print-file-name=libasan.so"], capture_output=True, text=True, check=True)
    path = Path(said.stdout.strip())
    return path if path.is_absolute() and path.exists() else None


@pytest.fixture
def libraries(pytestconfig):
    """A folder with the watching libraries, compiled once for the same sources, flags and compiler."""
    digest = hashlib.sha256(SANITIZED.encode())
    digest.update(subprocess.run(["gcc", "--version"], capture_output=True, check=True).stdout)
    for path in [PLUGIN / "hatch_build.py", *sorted((PLUGIN / "src").iterdir())]:
        digest.update(path.read_bytes())
    folder = pytestconfig.cache.mkdir(f"sanitized-{digest.hexdigest()[:16]}")
    if not all((folder / f"{name}.so").exists() for name in ("kernels", "table")):
        built = subprocess.run(
            [sys.executable, "-c", BUILD, str(folder)], cwd=PLUGIN, capture_output=True, text=True, check=False,
            env={**os.environ, "TUI_NN_FAST_CC": "gcc", "TUI_NN_FAST_FLAGS": SANITIZED},
        )  # fmt: skip
        assert built.returncode == 0, built.stderr
    return folder


@pytest.mark.skipif(runtime() is None, reason="needs gcc with its address sanitizer")
def test_nothing_outside_of_arrays_and_nothing_undefined(tmp_path, libraries):
    package = tmp_path / "tui_nn_fast"
    shutil.copytree(
        Path(tui_nn_fast.__file__).parent, package, ignore=shutil.ignore_patterns("kernels.*", "table.*", "__pycache__")
    )
    shutil.copytree(libraries, package, dirs_exist_ok=True)
    environment = {
        **os.environ,
        "LD_PRELOAD": str(runtime()), "PYTHONPATH": str(tmp_path), "TUI_NN_CASES": "12",
        "ASAN_OPTIONS": "detect_leaks=0", "TUI_NN_STRIDE": "99991",
        "PYTHONMALLOC": "malloc",  # so that what lies behind the bytes of Python is watched
    }  # fmt: skip
    used = [sys.executable, "-c", "from tui_nn_fast import library; print(library.path(), library.library().level)"]
    assert str(package) in subprocess.run(used, env=environment, capture_output=True, text=True, check=True).stdout
    tests = [str(Path(__file__).with_name(f"test_{name}.py")) for name in ("kernels", "tables")]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-x", "-k", "not without_it", *tests],
        env=environment, cwd=PLUGIN.parents[1], capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "100%" in done.stdout
