"""A node of the graph: a value, the operation that made it, and the nodes it was made from.

A node stands where an array would: numpy hands its functions over (`__array_ufunc__`, `__array_function__`), so
`z / (1 + abs(z))` builds a graph without knowing it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from tui_nn.errors import ExitCode, TuiNNError, did_you_mean
from tui_nn.graph.derivatives import COMPARISONS
from tui_nn.graph.table import STANDARD, Derivatives

Array = np.ndarray[Any, np.dtype[Any]]


# numpy's type signatures do not know that a node stands where an array would.
ufuncs: Any = np


class UnsupportedFunction(TuiNNError):
    """A function whose derivative the graph does not know was applied to a node."""

    exit_code = ExitCode.PLUGIN


class Node:
    """value: an array or a scalar. operation: its name, "variable" for an input. arguments: nodes and constants.

    table: what can be differentiated; nodes made from this one inherit it.
    """

    __slots__ = ("arguments", "keywords", "operation", "table", "value")

    def __init__(
        self,
        value: Any,
        operation: str = "variable",
        arguments: tuple[Any, ...] = (),
        keywords: Mapping[str, Any] | None = None,
        table: Derivatives = STANDARD,
    ) -> None:
        self.value = value
        self.operation = operation
        self.arguments = arguments
        self.keywords = dict(keywords or {})
        self.table = table

    @property
    def parents(self) -> tuple[Node, ...]:
        """The nodes among the arguments."""
        return tuple(argument for argument in self.arguments if isinstance(argument, Node))

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the value."""
        return np.shape(self.value)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the value's numbers."""
        return np.asarray(self.value).dtype

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """Count of numbers."""
        return int(np.size(self.value))

    @property
    def T(self) -> Node:
        """The transpose."""
        return apply("transpose", np.transpose, (self,), {})

    def __len__(self) -> int:
        return len(self.value)

    def __repr__(self) -> str:
        return f"Node({self.operation}, {self.value!r})"

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **keywords: Any) -> Any:
        if method != "__call__":
            raise _unsupported(f"{ufunc.__name__}.{method}", self.table)
        if "out" in keywords:
            raise UnsupportedFunction(
                f"{ufunc.__name__} with out= writes over a value that its derivative needs. Remove out=, "
                "or give a derivative yourself."
            )
        if ufunc.__name__ in COMPARISONS:
            # Comparisons choose a branch; no gradient flows through the choice.
            return ufunc(*(value_of(value) for value in inputs), **keywords)
        return apply(ufunc.__name__, ufunc, inputs, keywords)

    def __array_function__(
        self, function: Callable[..., Any], types: Any, arguments: tuple[Any, ...], keywords: dict[str, Any]
    ) -> Any:
        name = function.__name__
        if name in (
            "shape",
            "ndim",
            "size",
            "zeros_like",
            "ones_like",
            "empty_like",
            "full_like",
            "result_type",
        ):
            return function(*(value_of(value) for value in arguments), **keywords)
        return apply(name, function, arguments, keywords)

    def __getitem__(self, index: Any) -> Node:
        return apply("getitem", operator.getitem, (self, index), {})

    # What would cut the gradient off, or change a value that a derivative needs, is refused with the way out.
    def __setitem__(self, index: Any, value: Any) -> None:
        raise UnsupportedFunction("a value of the graph cannot be changed in place. Use np.where(condition, a, b).")

    def __array__(self, *_: Any, **__: Any) -> Array:
        raise UnsupportedFunction(
            "np.asarray, np.array and functions that call them cut the gradient off. Remove them, or give a "
            "derivative yourself."
        )

    def __float__(self) -> float:
        raise UnsupportedFunction(
            "functions of Python's math module and float() take single numbers and cut the gradient off. "
            "Use numpy's functions."
        )

    def sum(self, axis: Any = None, keepdims: bool = False) -> Node:
        """As np.sum."""
        return apply("sum", np.sum, (self,), {"axis": axis, "keepdims": keepdims})

    def mean(self, axis: Any = None, keepdims: bool = False) -> Node:
        """As np.mean."""
        return apply("mean", np.mean, (self,), {"axis": axis, "keepdims": keepdims})

    def max(self, axis: Any = None, keepdims: bool = False) -> Node:
        """As np.max."""
        return apply("max", np.max, (self,), {"axis": axis, "keepdims": keepdims})

    def min(self, axis: Any = None, keepdims: bool = False) -> Node:
        """As np.min."""
        return apply("min", np.min, (self,), {"axis": axis, "keepdims": keepdims})

    def clip(self, low: Any, high: Any) -> Node:
        """As np.clip."""
        return apply("clip", np.clip, (self, low, high), {})

    def reshape(self, *shape: Any) -> Node:
        """As np.reshape."""
        return apply("reshape", np.reshape, (self, shape[0] if len(shape) == 1 else shape), {})

    def dot(self, other: Any) -> Node:
        """As np.dot."""
        return apply("dot", np.dot, (self, other), {})

    def astype(self, dtype: Any, copy: bool = True) -> Node:
        """As ndarray.astype, between floating types."""
        return apply("astype", lambda value, to: np.asarray(value).astype(to, copy=copy), (self, dtype), {})

    # Python's operators go through numpy's ufuncs, so that there is one way into the graph.
    def __add__(self, other: Any) -> Any:
        return ufuncs.add(self, other)

    def __radd__(self, other: Any) -> Any:
        return ufuncs.add(other, self)

    def __sub__(self, other: Any) -> Any:
        return ufuncs.subtract(self, other)

    def __rsub__(self, other: Any) -> Any:
        return ufuncs.subtract(other, self)

    def __mul__(self, other: Any) -> Any:
        return ufuncs.multiply(self, other)

    def __rmul__(self, other: Any) -> Any:
        return ufuncs.multiply(other, self)

    def __truediv__(self, other: Any) -> Any:
        return ufuncs.true_divide(self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return ufuncs.true_divide(other, self)

    def __pow__(self, other: Any) -> Any:
        return ufuncs.power(self, other)

    def __rpow__(self, other: Any) -> Any:
        return ufuncs.power(other, self)

    def __matmul__(self, other: Any) -> Any:
        return ufuncs.matmul(self, other)

    def __rmatmul__(self, other: Any) -> Any:
        return ufuncs.matmul(other, self)

    def __neg__(self) -> Any:
        return ufuncs.negative(self)

    def __pos__(self) -> Any:
        return ufuncs.positive(self)

    def __abs__(self) -> Any:
        return ufuncs.absolute(self)

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> Any:
        return value_of(self) == value_of(other)

    def __ne__(self, other: object) -> Any:
        return value_of(self) != value_of(other)

    def __lt__(self, other: Any) -> Any:
        return value_of(self) < value_of(other)

    def __le__(self, other: Any) -> Any:
        return value_of(self) <= value_of(other)

    def __gt__(self, other: Any) -> Any:
        return value_of(self) > value_of(other)

    def __ge__(self, other: Any) -> Any:
        return value_of(self) >= value_of(other)


def variable(value: Any, table: Derivatives = STANDARD) -> Node:
    """An input of a graph; lists and integers become floating point."""
    array = np.asarray(value)
    if not np.issubdtype(array.dtype, np.floating):
        array = array.astype(np.float64)
    return Node(array, table=table)


def value_of(value: Any) -> Any:
    """The value of a node, and anything else as it is."""
    return value.value if isinstance(value, Node) else value


def apply(name: str, function: Callable[..., Any], arguments: tuple[Any, ...], keywords: Mapping[str, Any]) -> Node:
    """The node of `function` applied to these arguments. Python scalars stay raw, so float32 stays float32."""
    table = next((one.table for one in (*arguments, *keywords.values()) if isinstance(one, Node)), STANDARD)
    if name not in table.operations:
        raise _unsupported(name, table)
    value = function(*(value_of(argument) for argument in arguments), **{k: value_of(v) for k, v in keywords.items()})
    return Node(value, name, tuple(arguments), keywords, table)


def _unsupported(name: str, table: Derivatives) -> UnsupportedFunction:
    nearest = did_you_mean(name, table.operations)
    known = "" if nearest.startswith(" Known") else f" Known: {', '.join(sorted(table.operations))}."
    return UnsupportedFunction(
        f"the graph has no derivative for numpy's '{name}'.{nearest}{known} Write it with these, or give a derivative "
        f"yourself: @activation(derivative=...), or @derivative(np.{name}) with the hook tui_nn_derivatives."
    )
