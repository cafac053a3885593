"""Builds the kernels with the C compiler that ziglang brings: no compiler of the system is needed, nor looked for.

TUI_NN_FAST_TARGET names another system to build for, one of TARGETS. TUI_NN_FAST_CC names a compiler of the system
instead of ziglang's ("gcc"), and ziglang is not fetched then; TUI_NN_FAST_FLAGS adds to its flags (a sanitizer).
"""

from __future__ import annotations

import os
import platform
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ZIGLANG = "ziglang>=0.14"
FLAGS = [
    "-O2", "-std=c11", "-ffp-contract=fast", "-fno-math-errno", "-fvisibility=hidden", "-ffunction-sections",
    "-fno-asynchronous-unwind-tables", "-fno-stack-protector", "-Wall", "-Wno-psabi", "-Wno-unknown-warning-option",
]  # fmt: skip
SMALL = {"linux": ["-Wl,--gc-sections", "-s", "-lm"], "macos": ["-Wl,-dead_strip", "-s"], "windows": ["-s"]}
LEVELS = {
    "x86_64": {
        "avx2": ["-DLANES=8", "-mavx2", "-mfma"],
        "avx512": ["-DLANES=16", "-mavx512f", "-mavx512dq", "-mavx512vl", "-mfma", "-mprefer-vector-width=512"],
    },
    "aarch64": {"neon": ["-DLANES=4"]},
}


class Target(NamedTuple):
    """A system that the library is for: its name for ziglang, and in the names of wheels."""

    zig: str
    wheel: str

    @property
    def machine(self) -> str:
        return self.zig.split("-")[0]

    @property
    def system(self) -> str:
        return self.zig.split("-")[1].split(".")[0]

    @property
    def suffix(self) -> str:
        return {"linux": ".so", "macos": ".dylib", "windows": ".dll"}[self.system]


TARGETS = {
    "linux-x86_64": Target("x86_64-linux-gnu.2.17", "manylinux_2_17_x86_64.manylinux2014_x86_64"),
    "linux-aarch64": Target("aarch64-linux-gnu.2.17", "manylinux_2_17_aarch64.manylinux2014_aarch64"),
    "musl-x86_64": Target("x86_64-linux-musl", "musllinux_1_1_x86_64"),
    "macos-x86_64": Target("x86_64-macos.11.0", "macosx_11_0_x86_64"),
    "macos-aarch64": Target("aarch64-macos.11.0", "macosx_11_0_arm64"),
    "windows-x86_64": Target("x86_64-windows-gnu", "win_amd64"),
}


def chosen() -> Target:
    """The system that is named, or this one."""
    named = os.environ.get("TUI_NN_FAST_TARGET")
    if named is None:
        machine = platform.machine().lower()
        system = {"Darwin": "macos", "Windows": "windows"}.get(platform.system(), "linux")
        if system == "linux" and platform.libc_ver()[0] != "glibc":
            system = "musl"
        named = f"{system}-{({'amd64': 'x86_64', 'arm64': 'aarch64'}).get(machine, machine)}"
    if named not in TARGETS:
        raise ValueError(f"tui-nn-fast has no kernels for {named}; there are {', '.join(TARGETS)}")
    return TARGETS[named]


def build(folder: Path, to: Path) -> list[Path]:
    """Compile into the folder `to` the kernels for each set of instructions, and the reader of tables for all."""
    target, own = chosen(), os.environ.get("TUI_NN_FAST_CC")
    compiler = shlex.split(own) if own else [sys.executable, "-m", "ziglang", "cc", "-target", target.zig]
    more = shlex.split(os.environ.get("TUI_NN_FAST_FLAGS", ""))
    flags = FLAGS + (["-fPIC"] if target.system != "windows" else [])
    with tempfile.TemporaryDirectory() as name:

        def compiled(file: str, known_as: str, *own_flags: str) -> str:
            made = f"{name}/{known_as}.o"
            subprocess.run([*compiler, *flags, *own_flags, *more, "-c", str(folder / file), "-o", made], check=True)
            return made

        def linked(known_as: str, *objects: str) -> Path:
            made, library = f"{name}/{known_as}{target.suffix}", to / f"{known_as}{target.suffix}"
            subprocess.run(
                [*compiler, *flags, *more, "-shared", *objects, *SMALL[target.system], "-o", made], check=True
            )
            # Not written over: a process may have the former one in its memory.
            fresh = library.with_suffix(".new")
            shutil.copyfile(made, fresh)
            return fresh.replace(library)

        levels = [
            compiled("kernels.c", level, *instructions, f"-DSUFFIX=_{level}")
            for level, instructions in LEVELS[target.machine].items()
        ]
        return [
            linked("kernels", compiled("levels.c", "levels"), *levels),
            linked("table", compiled("table.c", "table")),
        ]


class Kernels(BuildHookInterface[Any]):
    """Puts the library into the wheel, which is of one system then, and of any Python."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        return [] if os.environ.get("TUI_NN_FAST_CC") else [ZIGLANG]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        if version == "editable":
            build(root / "src", root / "tui_nn_fast")
        else:
            self._folder = tempfile.TemporaryDirectory()
            for library in build(root / "src", Path(self._folder.name)):
                build_data["force_include"][str(library)] = f"tui_nn_fast/{library.name}"
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{chosen().wheel if not os.environ.get('TUI_NN_FAST_CC') else _own_platform()}"


def _own_platform() -> str:
    from packaging.tags import sys_tags

    return next(tag.platform for tag in sys_tags())
