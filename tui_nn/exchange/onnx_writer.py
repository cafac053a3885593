"""A program as an ONNX model: rows (m, n) in the data's own units in, outputs and classes out.

ONNX has samples as rows, so every value has its last axis first here; one that is a number a sample is (m, 1).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any

import numpy as np

from tui_nn.errors import ExperimentError
from tui_nn.exchange.exported import Exported
from tui_nn.exchange.program import Chapter, Program, Value, applied, difference, key_of
from tui_nn.exchange.symbol import Symbol, Untraceable
from tui_nn.plugin.exporter import exporter

Array = np.ndarray[Any, np.dtype[Any]]

OPSET = 17
IR_VERSION = 8  # what came with that opset: older runtimes take the model too
CLOSE = 1e-5

# Operations that ONNX has under a name of its own.
NAMES = {
    "add": "Add", "subtract": "Sub", "multiply": "Mul", "divide": "Div", "power": "Pow", "float_power": "Pow",
    "maximum": "Max", "minimum": "Min", "negative": "Neg", "absolute": "Abs", "fabs": "Abs", "sqrt": "Sqrt",
    "reciprocal": "Reciprocal", "exp": "Exp", "log": "Log", "sin": "Sin", "cos": "Cos", "tan": "Tan",
    "arctan": "Atan", "arcsin": "Asin", "arccos": "Acos", "sinh": "Sinh", "cosh": "Cosh", "tanh": "Tanh",
    "arcsinh": "Asinh", "arccosh": "Acosh", "arctanh": "Atanh", "sign": "Sign", "floor": "Floor", "ceil": "Ceil",
    "rint": "Round", "isnan": "IsNaN", "greater": "Greater", "greater_equal": "GreaterOrEqual", "less": "Less",
    "less_equal": "LessOrEqual", "equal": "Equal", "logical_and": "And", "logical_or": "Or", "logical_not": "Not",
}  # fmt: skip
# Operations that it has not, by those that it has.
BY_OTHERS: dict[str, Callable[..., Any]] = {
    "square": lambda x: x * x,
    "exp2": lambda x: np.power(2.0, x),
    "expm1": lambda x: np.exp(x) - 1,
    "log1p": lambda x: np.log(1 + x),
    "log2": lambda x: np.log(x) * float(1 / np.log(2)),
    "log10": lambda x: np.log(x) * float(1 / np.log(10)),
    "cbrt": lambda x: np.sign(x) * np.power(np.abs(x), 1 / 3),
    "logaddexp": lambda a, b: np.maximum(a, b) + np.log(1 + np.exp(-np.abs(a - b))),
    "not_equal": lambda a, b: np.logical_not(np.equal(a, b)),
    "isinf": lambda x: np.equal(np.abs(x), float("inf")),
    "isfinite": lambda x: np.less(np.abs(x), float("inf")),
}
REDUCTIONS = {"mean": "ReduceMean", "max": "ReduceMax", "min": "ReduceMin"}


def _softmax(z: Any) -> Any:
    power = np.exp(np.subtract(z, np.maximum.reduce(z, axis=0)))
    return power / np.add.reduce(power, axis=0)


# Activations that ONNX has as one operation, as the formula is found in a program.
WHOLE: dict[str, Callable[[Any], Any]] = {
    "Sigmoid": lambda z: np.reciprocal(np.exp(np.minimum(-z, 88 if z.dtype == np.float32 else 709)) + 1),
    "Softmax": _softmax,
}


@exporter(".onnx")
def onnx(exported: Exported) -> bytes:
    """One ONNX model from `rows` (m, n), float64 in the data's own units, to `outputs` and `labels`."""
    return onnx_bytes(exported.program(), exported.title, exported.data.facts)


def onnx_bytes(program: Program, name: str, facts: Mapping[str, str]) -> bytes:
    """The model, checked and tried. Raises Untraceable for an operation that ONNX cannot say."""
    try:
        import onnx
    except ImportError:
        raise ExperimentError("--to onnx needs onnx: pip install 'tui-nn[onnx]'.") from None
    written = _Writer(onnx)
    for value in program.values():
        if value is program.rows:
            written.names[id(value)] = "rows"
    for chapter in program.chapters:
        written.recognize(chapter)
    written.write(program.outputs)
    outputs = [written.output(program.outputs, "outputs", 2)]
    if program.labels is not None:
        written.write(program.labels)
        outputs.append(written.output(program.labels, "labels", len(program.labels.shape)))
    helper = onnx.helper
    rows = helper.make_tensor_value_info("rows", onnx.TensorProto.DOUBLE, ["m", program.rows.shape[0]])
    graph = helper.make_graph(written.nodes, name, [rows], outputs, written.initializers)
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION, producer_name="tui-nn"
    )
    helper.set_model_props(model, dict(facts))
    onnx.checker.check_model(model, full_check=True)
    _try(model, program)
    content: bytes = model.SerializeToString()
    return content


class _Writer:
    """Nodes and initializers so far. names: of the values that are written, by their id."""

    def __init__(self, onnx: Any) -> None:
        self.onnx = onnx
        self.nodes: list[Any] = []
        self.initializers: list[Any] = []
        self.names: dict[int, str] = {}
        self._kept: list[Value] = []  # so that no id is given away twice
        self._whole: dict[int, tuple[str, Value]] = {}
        self._thetas = 0
        self._given: dict[Hashable, str] = {}  # initializers by what is in them

    def recognize(self, chapter: Chapter) -> None:
        """Write the activation of a chapter as one operation, where its formula is that of one."""
        if chapter.before is None:
            return
        found = _signature(chapter.result, chapter.before)
        for operation, formula in WHOLE.items():
            z = Value("z", example=chapter.before.example)
            if found == _signature(formula(Symbol.of(z)).value, z):
                self._whole[id(chapter.result)] = operation, chapter.before

    def write(self, value: Value) -> str:
        """The name of a value, after everything that it takes was written."""
        waiting = [value]
        while waiting:
            top = waiting[-1]
            if id(top) in self.names:
                waiting.pop()
                continue
            needs = [one for one in self._needs(top) if id(one) not in self.names and not one.is_constant]
            if needs:
                waiting += needs
                continue
            waiting.pop()
            self.names[id(top)] = self._written(top)
            self._kept.append(top)
        return self.names[id(value)]

    def _needs(self, value: Value) -> tuple[Value, ...]:
        if id(value) in self._whole:
            return (self._whole[id(value)][1],)
        if value.operation == "dot" and value.arguments[1].operation == "with_ones":
            return value.arguments[1].arguments
        return value.arguments

    def _node(self, operation: str, inputs: list[str], **attributes: Any) -> str:
        name = f"v{len(self.nodes) + 1}"
        self.nodes.append(self.onnx.helper.make_node(operation, inputs, [name], **attributes))
        return name

    def _constant(self, array: Any, name: str = "") -> str:
        key = key_of(array)
        if key in self._given:
            return self._given[key]
        name = self._given[key] = name or f"c{len(self.initializers) + 1}"
        self.initializers.append(self.onnx.numpy_helper.from_array(np.asarray(array, order="C"), name))
        return name

    def _cast(self, name: str, dtype: np.dtype[Any]) -> str:
        return self._node("Cast", [name], to=self.onnx.helper.np_dtype_to_tensor_dtype(dtype))

    def _argument(self, value: Value, dtype: np.dtype[Any]) -> str:
        """The name of an argument, of this type."""
        if value.is_constant:
            array = np.asarray(value.example, dtype)
            return self._constant(np.moveaxis(array, -1, 0) if array.ndim > 1 else array)
        name = self.names[id(value)]
        return name if value.dtype == dtype else self._cast(name, dtype)

    def _written(self, value: Value) -> str:
        operation, arguments, options = value.operation, value.arguments, value.options
        if id(value) in self._whole:
            whole, before = self._whole[id(value)]
            more = {"axis": 1} if whole == "Softmax" else {}
            return self._node(whole, [self.names[id(before)]], **more)
        if operation == "dot":
            return self._product(*arguments)
        if operation in NAMES or operation == "where":
            return self._elementwise(value)
        if operation in BY_OTHERS:
            dtype = np.result_type(*(one.example for one in arguments))
            same = [
                one.example if one.is_constant else Symbol.of(_of_type(one, dtype)) for one in arguments
            ]  # fmt: skip
            return self.write(BY_OTHERS[operation](*same).value)
        (of,) = arguments[:1]
        name = "" if of.is_constant else self.names[id(of)]
        axis = options.get("axis", 0) + 1
        keep = int(options.get("keepdims", False) or len(of.shape) == 2)  # a number a sample is (m, 1)
        if operation == "sum":
            return self._node("ReduceSum", [name, self._constant(np.array([axis]))], keepdims=keep)
        if operation in REDUCTIONS:
            return self._node(REDUCTIONS[operation], [name], axes=[axis], keepdims=keep)
        if operation == "argmax":
            return self._node("ArgMax", [name], axis=1, keepdims=1)
        if operation == "astype":
            return self._cast(name, options["dtype"])
        if operation == "take":
            index = options["index"]
            if isinstance(index, int):  # of a matrix a number a sample, (m, 1), of anything larger an axis less
                index = index % of.shape[0]
                index = [index] if len(of.shape) == 2 else index
            return self._node("Gather", [name, self._constant(np.array(index, np.int64))], axis=1)
        if operation in ("stack", "concatenate"):
            if any(len(one.shape) != (1 if operation == "stack" else 2) for one in arguments):
                raise Untraceable("a layer stacks matrices, which the ONNX writer does not know.")
            return self._node("Concat", [self._argument(one, value.dtype) for one in arguments], axis=1)
        if operation == "reshape":
            return self._node("Reshape", [name, self._constant(np.array([0, *options["shape"]], np.int64))])
        if operation == "with_ones":
            pads, one = np.array([0, 1, 0, 0], np.int64), np.array(1, value.dtype)
            return self._node("Pad", [name, self._constant(pads), self._constant(one)])
        raise Untraceable(f"ONNX has no operation for numpy's '{operation}', which an activation or a layer uses.")

    def _product(self, theta: Value, x: Value) -> str:
        matrix, self._thetas = np.asarray(theta.example), self._thetas + 1
        name = f"theta_{self._thetas}"
        if x.operation == "with_ones":
            weights = [self._constant(matrix[:, 1:], f"{name}.weight"), self._constant(matrix[:, 0], f"{name}.bias")]
            return self._node("Gemm", [self._argument(x.arguments[0], matrix.dtype), *weights], transB=1)
        return self._node("Gemm", [self._argument(x, matrix.dtype), self._constant(matrix, name)], transB=1)

    def _elementwise(self, value: Value) -> str:
        operation, arguments = value.operation, value.arguments
        sides = {len(one.shape) for one in arguments if len(one.shape) > 2}
        if sides and any(1 <= len(one.shape) <= 2 for one in arguments):
            raise Untraceable("a layer mixes arrays of two and of three axes, which ONNX would align differently.")
        if operation == "where":
            condition, *arguments_of = arguments
            dtype = value.dtype
            inputs = [self._argument(condition, np.dtype(bool)), *(self._argument(one, dtype) for one in arguments_of)]
            return self._node("Where", inputs)
        dtype = np.result_type(*(one.example for one in arguments))
        zero = [one for one in arguments if one.is_constant and np.ndim(one.example) == 0 and one.example == 0]
        if operation == "maximum" and zero and len(arguments) == 2:
            (other,) = (one for one in arguments if one is not zero[0])
            return self._node("Relu", [self._argument(other, dtype)])
        return self._node(NAMES[operation], [self._argument(one, dtype) for one in arguments])

    def output(self, value: Value, name: str, sides: int) -> Any:
        """An output of the model under this name, of one side (m,) or two."""
        last, dtype = self.names[id(value)], self.onnx.helper.np_dtype_to_tensor_dtype(value.dtype)
        if sides == 1:
            axes = self._constant(np.array([1], np.int64))
            self.nodes.append(self.onnx.helper.make_node("Squeeze", [last, axes], [name]))
            return self.onnx.helper.make_tensor_value_info(name, dtype, ["m"])
        self.nodes.append(self.onnx.helper.make_node("Identity", [last], [name]))
        return self.onnx.helper.make_tensor_value_info(name, dtype, ["m", value.shape[0]])


def _of_type(value: Value, dtype: np.dtype[Any]) -> Value:
    return value if value.dtype == dtype else applied("astype", value, dtype=dtype)


def _signature(value: Value, z: Value) -> str:
    """A formula of z as text."""
    if value is z:
        return "z"
    if value.is_constant:
        return f"{float(value.example):g}" if np.ndim(value.example) == 0 else f"{id(value)}"
    arguments = ", ".join(_signature(one, z) for one in value.arguments)
    options = "".join(f" {key}={one}" for key, one in value.options.items())
    return f"{value.operation}({arguments}{options})"


def _try(model: Any, program: Program) -> None:
    """Raise Untraceable unless ONNX's own reference gives what the program gives."""
    from onnx.reference import ReferenceEvaluator

    rows = np.ascontiguousarray(program.rows.example.T)
    expected = program.run(rows)[0]
    with np.errstate(all="ignore"):
        answers: Any = ReferenceEvaluator(model).run(None, {"rows": rows})
    off, size = difference(answers[0], expected)
    if not off <= CLOSE * max(size, 1):
        raise Untraceable(f"the ONNX model's answers differ from the network's, by {off:.2g} of {size:.2g}.")
