"""A program of one row as a C file: C99, its mathematics and nothing else, no memory but the stack's."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from textwrap import wrap
from typing import Any

import numpy as np

from tui_nn.exchange.exported import Exported
from tui_nn.exchange.program import Program, Value, chapter_names, key_of
from tui_nn.exchange.symbol import Untraceable
from tui_nn.plugin.exporter import exporter

Array = np.ndarray[Any, np.dtype[Any]]

WIDTH = 110
TYPES = {"float32": "float", "float64": "double", "bool": "unsigned char", "int64": "long long"}
SIGNS = {
    "add": "+", "subtract": "-", "multiply": "*", "divide": "/", "greater": ">", "greater_equal": ">=", "less": "<",
    "less_equal": "<=", "equal": "==", "not_equal": "!=", "logical_and": "&&", "logical_or": "||",
}  # fmt: skip
# Formulas of one number, T being "" for double and "f" for float.
FORMULAS = {
    "negative": "-{0}", "reciprocal": "1 / {0}", "square": "{0} * {0}", "logical_not": "!{0}", "isnan": "isnan({0})",
    "isinf": "isinf({0})", "isfinite": "isfinite({0})", "sign": "({0} > 0) - ({0} < 0)",
    # As numpy has it: what is not a number stays so.
    "maximum": "{0} > {1} || isnan({0}) ? {0} : {1}", "minimum": "{0} < {1} || isnan({0}) ? {0} : {1}",
    "where": "{0} ? {1} : {2}",
    "logaddexp": "fmax{T}({0}, {1}) + log1p{T}(exp{T}(-fabs{T}({0} - {1})))",
}  # fmt: skip
FUNCTIONS = {
    "absolute": "fabs", "fabs": "fabs", "power": "pow", "float_power": "pow", "arctan": "atan", "arcsin": "asin",
    "arccos": "acos", "arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh", "rint": "rint",
    **{name: name for name in (
        "sqrt", "cbrt", "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "sinh", "cosh",
        "tanh", "floor", "ceil",
    )},
}  # fmt: skip
REDUCED = {"sum": "total + next", "mean": "total + next", "max": "total > next || isnan(total) ? total : next",
           "min": "total < next || isnan(total) ? total : next"}  # fmt: skip

PAGE = """/* {title}

   void predict(const double row[{n}], {real} outputs[{q}]);
{classify}   Inputs are in the data's own units. Compile with -lm. */

#include <math.h>
{constants}
void predict(const double row[{n}], {real} outputs[{q}])
{{
{body}
    for (int i = 0; i < {q}; i++) outputs[i] = {outputs}[i];
}}
"""
CLASSIFY = """
/* The number of the class of a row. */
int classify(const double row[{n}])
{{
    {real} outputs[{q}];
    predict(row, outputs);
{how}
}}
"""
LARGEST = """    int best = 0;
    for (int k = 1; k < {q}; k++)
        if (outputs[k] > outputs[best]) best = k;
    return best;"""


@exporter(".c")
def c(exported: Exported) -> bytes:
    """One C99 file that predicts a row and needs only the mathematics library."""
    return c_bytes(exported.program(1), exported.title, exported.classes, exported.net.head.targets.threshold)


def c_bytes(program: Program, title: str, classes: Sequence[str], threshold: float) -> bytes:
    """The file, of a program that was traced for one sample. threshold: where one output becomes the second class."""
    written = _Statements(program)
    n, q, real = program.rows.shape[0], program.outputs.shape[0], TYPES[program.outputs.dtype.name]
    has_class = program.labels is not None and len(program.labels.shape) == 1
    said = f"   int classify(const double row[{n}]);\n" if has_class else ""
    if classes:
        names = wrap(", ".join(f"{k}: {name!a}" for k, name in enumerate(classes)), WIDTH)
        said += "   Classes:\n" + "".join(f"   {line}\n" for line in names).replace("*/", "* /")
    page = PAGE.format(
        title=title.replace("*/", "* /"), n=n, q=q, real=real, classify=said,
        constants="\n".join(["", *written.constants]), body="\n".join(f"    {line}" for line in written.lines),
        outputs=written.names[id(program.outputs)],
    )  # fmt: skip
    if has_class:
        bound = _number(threshold, program.outputs.dtype)
        how = LARGEST.format(q=q) if q > 1 else f"    return outputs[0] >= {bound};"
        page += CLASSIFY.format(n=n, q=q, real=real, how=how)
    return page.encode()


class _Statements:
    """lines: of the function; constants: before it; names: of the values, by their id."""

    def __init__(self, program: Program) -> None:
        self.lines: list[str] = []
        self.constants: list[str] = []
        self._given: dict[Hashable, str] = {}  # constants by what is in them
        self.names: dict[int, str] = {id(program.rows): "row"}
        named, unwanted = chapter_names(program), id(program.labels)
        for chapter, values in program.by_chapter():
            if chapter is not None and values:
                self.lines.append(f"/* {chapter.title} */")
            for value in values:
                if value is program.rows or value.is_constant or id(value) == unwanted:
                    continue
                name = named.get(id(value)) or f"v{len(self.names)}"
                self.names[id(value)] = name
                if chapter is not None:
                    self._write(value, name)

    def _write(self, value: Value, name: str) -> None:
        operation, arguments = value.operation, value.arguments
        size = max(1, int(np.prod(value.shape)))
        kind = TYPES.get(value.dtype.name)
        if kind is None:
            raise Untraceable(f"C has no {value.dtype.name}")
        if operation == "reshape":
            self.names[id(value)] = self.names[id(arguments[0])]
            return
        self.lines.append(f"{kind} {name}[{size}];")
        loop = f"for (int i = 0; i < {size}; i++)"
        if operation == "dot":
            theta = self._array(arguments[0].example)
            rows, columns = arguments[0].shape
            x = self.names[id(arguments[1])]
            self.lines.append(f"for (int i = 0; i < {rows}; i++) {{")
            self.lines.append(f"    {kind} sum = 0;")
            self.lines.append(f"    for (int k = 0; k < {columns}; k++) sum += {theta}[i * {columns} + k] * {x}[k];")
            self.lines += [f"    {name}[i] = sum;", "}"]
        elif operation == "with_ones":
            self.lines.append(f"{name}[0] = 1;")
            source = self.names[id(arguments[0])]
            self.lines.append(f"for (int i = 0; i < {size - 1}; i++) {name}[i + 1] = {source}[i];")
        elif operation == "take":
            index, of = value.options["index"], arguments[0]
            taken = [index % of.shape[0]] if isinstance(index, int) else index
            step, source = max(1, int(np.prod(of.shape[1:]))), self.names[id(of)]
            starts = [at for at, row in enumerate(taken) if not at or row != taken[at - 1] + 1]
            for start, end in zip(starts, [*starts[1:], len(taken)], strict=True):  # rows that follow one another
                copied = f"{name}[{start * step} + i] = {source}[{taken[start] * step} + i];"
                self.lines.append(f"for (int i = 0; i < {(end - start) * step}; i++) {copied}")
        elif operation == "stack":
            for place, one in enumerate(arguments):
                self.lines.append(f"{name}[{place}] = {self._element(one, value, '0')};")
        elif operation == "concatenate":
            start = 0
            for one in arguments:
                count, source = max(1, int(np.prod(one.shape))), self.names[id(one)]
                self.lines.append(f"for (int i = 0; i < {count}; i++) {name}[{start} + i] = {source}[i];")
                start += count
        elif operation in REDUCED:
            self._reduce(value, name, kind)
        elif operation == "astype":
            self.lines.append(f"{loop} {name}[i] = ({kind}){self.names[id(arguments[0])]}[i];")
        else:
            self.lines.append(f"{loop} {name}[i] = {self._formula(value)};")

    def _reduce(self, value: Value, name: str, kind: str) -> None:
        (of,), axis = value.arguments, value.options["axis"]
        count, inner = of.shape[axis], max(1, int(np.prod(of.shape[axis + 1 :])))
        outer, source = max(1, int(np.prod(of.shape[:axis]))), self.names[id(of)]
        first = f"{source}[i * {count * inner} + j]"
        share = f" / {count}" if value.operation == "mean" else ""
        self.lines += [
            f"for (int i = 0; i < {outer}; i++)",
            f"    for (int j = 0; j < {inner}; j++) {{",
            f"        {kind} total = {first};",
            f"        for (int k = 1; k < {count}; k++) {{",
            f"            {kind} next = {source}[i * {count * inner} + k * {inner} + j];",
            f"            total = {REDUCED[value.operation]};",
            "        }",
            f"        {name}[i * {inner} + j] = total{share};",
            "    }",
        ]

    def _formula(self, value: Value) -> str:
        operation = value.operation
        elements = [self._element(one, value) for one in value.arguments]
        real = np.result_type(*(one.example for one in value.arguments))
        suffix = "f" if real == np.float32 else ""
        if operation in SIGNS:
            return f"{elements[0]} {SIGNS[operation]} {elements[1]}"
        if operation in FORMULAS:
            return FORMULAS[operation].format(*elements, T=suffix)
        if operation in FUNCTIONS:
            return f"{FUNCTIONS[operation]}{suffix}({', '.join(elements)})"
        raise Untraceable(f"C has no operation for numpy's '{operation}', which an activation or a layer uses.")

    def _element(self, value: Value, within: Value, at: str = "i") -> str:
        """What one number of an argument is called in the loop over those of the result."""
        shape, whole = value.shape, within.shape
        if value.is_constant and np.ndim(value.example) == 0:
            of = [one.example for one in within.arguments]
            return _number(value.example, np.result_type(*of) if within.operation != "where" else within.dtype)
        name = self._array(value.example) if value.is_constant else self.names[id(value)]
        size, full = int(np.prod(shape)), int(np.prod(whole))
        if size == full or within.operation == "stack":
            return f"{name}[{at}]"
        if size == 1:
            return f"{name}[0]"
        # Of other sides: the place in each axis, 0 where it has one place only.
        places = []
        padded = (1,) * (len(whole) - len(shape)) + shape
        inner = full
        for side, own in zip(whole, padded, strict=True):
            inner //= side
            if own > 1:
                size //= own
                places.append(f"{at} / {inner} % {side} * {size}")
        return f"{name}[{' + '.join(places)}]"

    def _array(self, array: Array) -> str:
        key = key_of(array)
        if key in self._given:
            return self._given[key]
        name = self._given[key] = f"C{len(self.constants) + 1}"
        numbers = ", ".join(_number(one, array.dtype) for one in array.ravel())
        lines = "\n".join(f"    {line}" for line in wrap(numbers, WIDTH, break_on_hyphens=False))
        self.constants.append(f"static const {TYPES[array.dtype.name]} {name}[{array.size}] = {{\n{lines}\n}};")
        return name


def _number(number: Any, dtype: np.dtype[Any]) -> str:
    if dtype.kind in "bi":
        return str(int(number))
    real = float(number)
    if np.isnan(real):
        return "NAN"
    if np.isinf(real):
        return "INFINITY" if real > 0 else "-INFINITY"
    text = str(dtype.type(real))  # as few digits as bring every bit back
    text += "" if "." in text or "e" in text else ".0"
    return f"({text}f)" if dtype == np.float32 and text.startswith("-") else text + ("f" if dtype == np.float32 else "")
