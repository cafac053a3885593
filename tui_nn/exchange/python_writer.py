"""A program as one readable Python file that needs numpy alone, in the notation of the lecture."""

from __future__ import annotations

import base64
import json
from collections.abc import Hashable, Sequence
from textwrap import indent, wrap
from typing import Any

import numpy as np

from tui_nn.exchange.exported import Exported
from tui_nn.exchange.program import Program, Value, chapter_names, key_of, uses
from tui_nn.exchange.symbol import Untraceable
from tui_nn.plugin.exporter import exporter

Array = np.ndarray[Any, np.dtype[Any]]

FEW = 64  # numbers that are written out; more are packed
WIDTH = 100  # characters of a line of numbers or names
LONG = 56  # characters of a formula that stands within another: a longer one gets a name
SIGNS = {
    "add": "+", "subtract": "-", "multiply": "*", "divide": "/", "greater": ">", "greater_equal": ">=", "less": "<",
    "less_equal": "<=", "equal": "==", "not_equal": "!=", "dot": "@",
}  # fmt: skip

PAGE = '''"""{title}

{usage}
"""
{imports}
{names}{functions}
{constants}


def forward(rows):
    """What predict{and_classify} for rows (m, {n}), with a column a sample."""
    rows = np.asarray(rows, np.float64).reshape(-1, {n}).T
    with np.errstate(all="ignore"):
{body}
{rest}'''
UNPACKED = '''

def unpacked(text, dtype, *shape):
    """The array that these letters are, in base64."""
    return np.frombuffer(base64.b64decode(text), dtype).reshape(shape)
'''
WITH_ONES = '''

def with_ones(x):
    """[1; x]: above every sample the constant 1, which meets the bias."""
    return np.concatenate([np.ones((1, x.shape[1]), x.dtype), x])
'''


@exporter(".py")
def code(exported: Exported) -> bytes:
    """One readable Python file that predicts with numpy alone."""
    return python_bytes(exported.program(), exported.title, exported.classes, exported.inputs)


def python_bytes(program: Program, title: str, classes: Sequence[str] = (), inputs: Sequence[str] = ()) -> bytes:
    """The file. title: the first line of its docstring. classes, inputs: their names, as far as known."""
    written = _Formulas(program)
    outputs, *labels = [written.texts[id(one)] for one in program.results]
    n, q = program.rows.shape[0], program.outputs.shape[0]
    usage = [f"predict(rows): rows (m, {n}) in the data's own units -> outputs (m, {q})"]
    rest = _function("predict", f"Outputs (m, {q}) for rows (m, {n}).", "[0]" if labels else "")
    if labels:
        one_each = len(program.results[1].shape) == 1
        what = "the number of its class for each row, (m,)" if one_each else f"0 or 1 for each label, (m, {q})"
        usage.append(f"classify(rows): the same rows -> {what}")
        rest += "\n\n" + _function("classify", f"{what[0].upper()}{what[1:]}.", "[1]")
    body = [*written.lines, f"return {', '.join([outputs, *labels])}"]
    page = PAGE.format(
        title=title,
        usage="\n".join(usage),
        imports="\nimport base64\n\nimport numpy as np" if written.is_packed else "\nimport numpy as np",
        names=_names("INPUTS", inputs) + _names("CLASSES", classes),
        functions=(UNPACKED if written.is_packed else "") + (WITH_ONES if written.has_ones else ""),
        constants="\n".join(["", *written.constants]),
        and_classify=" and classify give" if labels else " gives",
        n=n,
        body=indent("\n".join(body), " " * 8),
        rest="\n\n" + rest,
    )
    return page.encode()


def _function(name: str, does: str, which: str) -> str:
    return f'def {name}(rows):\n    """{does}"""\n    return forward(rows){which}.T\n'


def _names(name: str, names: Sequence[str]) -> str:
    if not names:
        return ""
    line, lines = "", list[str]()
    for one in names:
        quoted = f"{json.dumps(one)}, "
        if line and len(line) + len(quoted) > WIDTH:
            lines, line = [*lines, line.rstrip()], ""
        line += quoted
    return f"\n{name} = (\n" + "".join(f"    {one}\n" for one in [*lines, line.rstrip()]) + ")\n"


class _Formulas:
    """lines: of the function; constants: of the module. A value that is needed once stands where it is needed.

    texts: of the values, by their id.
    """

    def __init__(self, program: Program) -> None:
        self.lines: list[str] = []
        self.constants: list[str] = []
        self.is_packed = self.has_ones = False
        self._names: set[str] = set()  # of constants
        self._given: dict[Hashable, str] = {}  # the same by what is in them
        self.texts: dict[int, str] = {id(program.rows): "rows"}
        self._compound: set[int] = set()  # ids of values whose text is more than a name or a call
        self._parts, self._section = 0, ""
        named = chapter_names(program)
        counts = uses(program)
        for chapter, values in program.by_chapter():
            self._section = chapter.name[1:] if chapter is not None else ""
            if chapter is not None and values:
                self.lines.append(f"# {chapter.title}")
            for value in values:
                if value is not program.rows and not value.is_constant:
                    self._write(value, named.get(id(value), ""), counts[id(value)] > 1)

    def _write(self, value: Value, name: str, is_shared: bool) -> None:
        text = self._formula(value)
        if name or is_shared or len(text) > LONG:
            self._parts += not name
            name = name or f"v{self._parts}"
            self.lines.append(f"{name} = {text}")
            text = name
        elif value.operation in SIGNS:
            self._compound.add(id(value))
        self.texts[id(value)] = text

    def _formula(self, value: Value) -> str:
        operation, options = value.operation, value.options
        if operation == "dot":
            theta, x = value.arguments
            name = self._array(theta.example, f"theta_{self._section}")
            return f"{name} @ {self._text(x, value, wrapped=True)}"
        if operation in SIGNS:
            one, other = (self._text(argument, value, wrapped=True) for argument in value.arguments)
            return f"{one} {SIGNS[operation]} {other}"
        if operation in ("stack", "concatenate"):
            rows = ", ".join(self._text(one, value) for one in value.arguments)
            begin, lines, end = f"np.{operation}([", wrap(rows, WIDTH), "])"
            return f"{begin}{rows}{end}" if len(lines) == 1 else "\n    ".join([begin, *lines, end])
        arguments = [self._text(argument, value) for argument in value.arguments]
        first = arguments[0]
        if operation == "with_ones":
            self.has_ones = True
            return f"with_ones({first})"
        if operation in ("take", "reshape", "astype"):
            first = f"({first})" if id(value.arguments[0]) in self._compound else first
        if operation == "take":
            return f"{first}[{_index(options['index'])}]"
        if operation == "reshape":
            return f"{first}.reshape({', '.join(map(str, options['shape']))}, -1)"
        if operation == "astype":
            return f"{first}.astype(np.{options['dtype'].name})"
        if operation == "argmax":
            return f"np.argmax({first}, axis=0)"
        if not hasattr(np, operation):
            raise Untraceable(f"numpy has no function '{operation}'")
        keywords = (f"{key}={one}" for key, one in options.items() if one is not False)
        return f"np.{operation}({', '.join([*arguments, *keywords])})"

    def _text(self, value: Value, within: Value, wrapped: bool = False) -> str:
        if not value.is_constant:
            text = self.texts[id(value)]
            return f"({text})" if wrapped and id(value) in self._compound else text
        number = value.example
        if np.ndim(number):
            return self._array(number)
        text = str(np.asarray(number).item() if isinstance(number, int | float) else number)
        if text.lstrip("-") in ("inf", "nan"):
            text = text.replace("inf", "np.inf").replace("nan", "np.nan")
        dtype = np.asarray(number).dtype
        others = [one.dtype for one in within.arguments if not one.is_constant]
        # A number takes the type of the array that it meets; one that would widen it has to say so.
        is_plain = isinstance(number, int | float) or not others or dtype in others
        return text if is_plain and not text.startswith("-") else f"({text})" if is_plain else f"np.{dtype}({text})"

    def _array(self, array: Array, name: str = "") -> str:
        """The name of an array, after it was written down."""
        key = key_of(array)
        if key in self._given:
            return self._given[key]
        taken = len(self.constants) + 1
        name = f"{name}_{taken}" if name in self._names else name or f"c{taken}"
        self._names.add(name)
        self._given[key] = name
        if array.size <= FEW:
            rows = np.array2string(
                array, separator=", ", threshold=array.size + 1, max_line_width=WIDTH, floatmode="unique"
            ).replace("inf", "np.inf").replace("nan", "np.nan")  # fmt: skip
            self.constants.append(f"{name} = np.array(\n{_indented(rows)},\n    np.{array.dtype.name},\n)")
        else:
            self.is_packed = True
            packed = base64.b64encode(np.ascontiguousarray(array, array.dtype.newbyteorder("<")).tobytes()).decode()
            lines = "\n".join(f'    "{line}"' for line in wrap(packed, WIDTH))
            shape = ", ".join(map(str, array.shape))
            kind = array.dtype.newbyteorder("<").str
            self.constants.append(f'{name} = unpacked(\n{lines},\n    "{kind}", {shape},\n)')
        return name


def _index(index: int | list[int]) -> str:
    """A number, a list, or where its numbers follow one another a slice."""
    if isinstance(index, list) and index == list(range(index[0], index[-1] + 1)):
        return f"{index[0]}:{index[-1] + 1}"
    return str(index)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.split("\n"))
