"""What differs by system is in one room, and what it has for one system it has for the other."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from windows_lacks import ABSENT, LACKING, ONLY_THERE

ROOT = Path(__file__).parents[2]
ROOM = ROOT / "tui_nn" / "system"
CODE = [*(ROOT / "tui_nn").rglob("*.py"), *(ROOT / "plugins" / "tui_nn_standard").rglob("*.py")]
# Where something that Windows lacks is asked for by its name, and its absence is minded.
MINDED = {
    "tui_nn/tui/terminal_app.py": {"SIGHUP"},
}


def tree(path):
    return ast.parse(path.read_text("utf-8"))


def surface(path):
    """Name -> what a caller has to know of it: arguments of functions, nothing of anything else."""
    found = {}
    for node in tree(path).body:
        match node:
            case ast.FunctionDef(name=name) if not name.startswith("_"):
                found[name] = ast.unparse(node.args) + " -> " + ast.unparse(node.returns)
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                found[name] = ""
            case ast.ImportFrom(module="tui_nn.system.guard"):
                found |= {name: form for name, form in surface(ROOM / "guard.py").items() if name == node.names[0].name}
    return found


INNER = {"CGROUPS", "WAITS", "FAR", "FAIL_AT_ONCE", "EXCLUSIVE", "LOCK_VIOLATION", "IO_PENDING"}
INNER |= {"ACCESS_DENIED", "APART_LOOKS", "SYNCHRONIZE"}  # of one system's own functions


def test_both_systems_have_the_same_names_and_arguments():
    posix, windows = surface(ROOM / "posix.py"), surface(ROOM / "windows.py")
    assert len(posix) > 20
    assert {name: form for name, form in posix.items() if name not in INNER} == {
        name: form for name, form in windows.items() if name not in INNER
    }


def used(path):
    """(line, name) of what one system has and another has not, and of questions which system it is."""
    for node in ast.walk(tree(path)):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, one.name) for one in names if one.name in (*ABSENT, *ONLY_THERE))
            case ast.ImportFrom(module=str(module), names=names):
                if module in (*ABSENT, *ONLY_THERE):
                    yield node.lineno, module
                yield from ((node.lineno, one.name) for one in names if one.name in LACKING.get(module, ()))
            case ast.Attribute(value=ast.Name(id=module), attr=name) if name in LACKING.get(module, ()):
                yield node.lineno, name
            case (
                ast.Attribute(value=ast.Name(id="sys"), attr="platform")
                | ast.Attribute(value=ast.Name(id="os"), attr="name")
            ):
                yield node.lineno, ast.unparse(node)
            case ast.Constant(value=str(name)) if name in LACKING["signal"] and name.isupper():
                yield node.lineno, name


def test_nothing_else_asks_which_system_it_is_on():
    assert len(CODE) > 300
    found = [
        f"{place}:{line}: {name}"
        for path in CODE
        if ROOM not in path.parents
        for line, name in used(path)
        if name not in MINDED.get(place := path.relative_to(ROOT).as_posix(), ())
    ]
    assert found == []


@pytest.mark.parametrize("place", MINDED)
def test_no_exception_outlives_its_reason(place):
    assert {name for _, name in used(ROOT / place)} >= MINDED[place]


def test_the_room_needs_what_it_hides():
    assert {name for path in ROOM.glob("*.py") for _, name in used(path)} >= {
        "fcntl",
        "msvcrt",
        "AF_UNIX",
        "O_NOFOLLOW",
    }


def test_texts_are_opened_with_an_encoding():
    """Windows' own is none that everybody reads."""
    found = []
    for path in CODE:
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            words = {word.arg for word in node.keywords}
            text = node.func.attr in ("read_text", "write_text") and not {"encoding", "followed"} & words
            modes = [word.value for word in (*node.args, *node.keywords) if isinstance(word, ast.Constant)]
            modes = [mode for mode in modes if isinstance(mode, str) and re.fullmatch(r"[rwax]\+?t?", mode)]
            opened = node.func.attr in ("open", "fdopen") and modes and "encoding" not in words
            if opened or (text and len(node.args) < (1 if node.func.attr == "read_text" else 2)):
                found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert found == []
