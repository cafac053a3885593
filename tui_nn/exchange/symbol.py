"""A symbol stands where an array would, and what is done to it is written down.

Numpy hands its functions over (`__array_ufunc__`, `__array_function__`), results written into an array with out=
included, so that a layer or an activation that was written for arrays leaves its formula behind unchanged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from tui_nn.errors import ExitCode, TuiNNError
from tui_nn.exchange.program import Value, applied, constant

Array = np.ndarray[Any, np.dtype[Any]]

ufuncs: Any = np  # its type signatures do not know that a symbol stands where an array would
OF_TRUTH = {"invert": "logical_not", "bitwise_and": "logical_and", "bitwise_or": "logical_or"}  # ~, & and |
REDUCTIONS = {"add": "sum", "maximum": "max", "minimum": "min"}  # ufunc.reduce -> what it is called


class Untraceable(TuiNNError):
    """What a layer or an activation does is no sequence of array operations, the same for every sample."""

    exit_code = ExitCode.PLUGIN


class Symbol(NDArrayOperatorsMixin):
    """An array whose numbers are not known yet: shape and dtype are. It may be written to, whole or row by row.

    Python's operators go through numpy's ufuncs; those in place write into the symbol.
    """

    __hash__ = object.__hash__

    def __init__(self, shape: tuple[int, ...], dtype: np.dtype[Any], value: Value | None = None) -> None:
        self.shape, self.dtype = shape, dtype
        self._value = value
        self._rows: dict[int, Value] = {}

    @classmethod
    def of(cls, value: Value) -> Symbol:
        """The symbol of a value."""
        return cls(value.shape, value.dtype, value)

    @property
    def value(self) -> Value:
        """What was written last. Raises Untraceable where nothing was."""
        if self._value is None and len(self._rows) == self.shape[0]:
            self._value = applied("stack", *(self._rows[row] for row in range(self.shape[0])))
        if self._value is None:
            raise Untraceable("it reads numbers before they are written")
        return self._value

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """Count of numbers."""
        return int(np.prod(self.shape))

    def write(self, value: Value) -> None:
        """Hold this from now on."""
        if value.shape != self.shape:
            raise Untraceable(f"it writes an array of {value.shape} into one of {self.shape}")
        if value.dtype != self.dtype:
            value = applied("astype", value, dtype=self.dtype)
        self._value, self._rows = value, {}

    def write_row(self, row: int, value: Value) -> None:
        """Hold this in one row from now on."""
        if self._value is not None:
            self._rows = {at: applied("take", self._value, index=at) for at in range(self.shape[0])}
            self._value = None
        self._rows[row % self.shape[0]] = value if value.dtype == self.dtype else applied(
            "astype", value, dtype=self.dtype
        )  # fmt: skip

    def read_row(self, row: int) -> Value:
        """What one row holds."""
        if self._value is None and row in self._rows:
            return self._rows[row]
        return applied("take", self.value, index=row)

    # What numpy asks for

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **keywords: Any) -> Any:
        out = keywords.pop("out", (None,))[0]
        keywords.pop("casting", None)
        dtype = keywords.pop("dtype", None)
        if method == "reduce" and ufunc.__name__ in REDUCTIONS:
            found = _reduced(REDUCTIONS[ufunc.__name__], inputs[0], keywords.pop("axis", 0), keywords)
        elif method == "__call__" and not keywords and ufunc.nout == 1:
            found = _elementwise(ufunc.__name__, inputs)
        else:
            raise Untraceable(f"it uses {ufunc.__name__}.{method}" if method != "__call__" else f"{ufunc.__name__}")
        if dtype is not None:
            found = applied("astype", found, dtype=np.dtype(dtype))
        return _given(found, out)

    def __array_function__(
        self, function: Callable[..., Any], types: Any, arguments: tuple[Any, ...], keywords: dict[str, Any]
    ) -> Any:
        name = function.__name__
        if name not in FUNCTIONS:
            raise Untraceable(f"it uses numpy's {name}")
        return FUNCTIONS[name](*arguments, **keywords)

    def __array__(self, *_: Any, **__: Any) -> Array:
        if self._value is not None and self._value.is_constant:
            return np.asarray(self._value.example)
        raise Untraceable("it leaves numpy's functions: np.asarray, np.array or one that calls them")

    def __bool__(self) -> bool:
        raise Untraceable("what it does depends on the numbers (use np.where)")

    def __float__(self) -> float:
        raise Untraceable("it takes single numbers out, with float() or Python's math module")

    # As an array

    def __len__(self) -> int:
        return self.shape[0]

    def __iter__(self) -> Iterator[Symbol]:
        return (self[row] for row in range(len(self)))

    def __getitem__(self, index: Any) -> Symbol:
        if index is Ellipsis or index == slice(None):
            return self
        if isinstance(index, int | np.integer):
            return SymbolRow(self, int(index))
        value = self.value
        if value.is_constant:
            return Symbol.of(constant(np.asarray(value.example)[index]))
        if value.operation == "with_ones" and index == slice(1, None):
            return Symbol.of(value.arguments[0])
        if isinstance(index, slice | list) or (isinstance(index, np.ndarray) and index.ndim == 1):
            return Symbol.of(applied("take", value, index=np.arange(len(self))[index].tolist()))
        raise Untraceable(f"it takes [{index}] out of an array")

    def __setitem__(self, index: Any, new: Any) -> None:
        value = _value(new)
        if index is Ellipsis or index == slice(None):
            self.write(value)
        elif isinstance(index, int | np.integer):
            self.write_row(int(index), value)
        else:
            raise Untraceable(f"it writes to [{index}] of an array")

    @property
    def T(self) -> Symbol:
        """The transpose, of a constant."""
        if not self.value.is_constant:
            raise Untraceable("it turns the samples into rows")
        return Symbol.of(constant(np.asarray(self.value.example).T))

    def dot(self, other: Any, out: Symbol | None = None) -> Any:
        """As np.dot."""
        return _given(_product(self, other), out)

    def sum(self, axis: Any = None, **keywords: Any) -> Symbol:
        """As np.sum."""
        return Symbol.of(_reduced("sum", self, axis, keywords))

    def mean(self, axis: Any = None, **keywords: Any) -> Symbol:
        """As np.mean."""
        return Symbol.of(_reduced("mean", self, axis, keywords))

    def max(self, axis: Any = None, **keywords: Any) -> Symbol:
        """As np.max."""
        return Symbol.of(_reduced("max", self, axis, keywords))

    def min(self, axis: Any = None, **keywords: Any) -> Symbol:
        """As np.min."""
        return Symbol.of(_reduced("min", self, axis, keywords))

    def var(self, axis: Any = None, keepdims: bool = False) -> Symbol:
        """As np.var."""
        off = self - self.mean(axis=axis, keepdims=True)
        found: Symbol = (off * off).mean(axis=axis, keepdims=keepdims)
        return found

    def std(self, axis: Any = None, keepdims: bool = False) -> Any:
        """As np.std."""
        return ufuncs.sqrt(self.var(axis=axis, keepdims=keepdims))

    def clip(self, low: Any = None, high: Any = None) -> Any:
        """As np.clip."""
        found: Any = self if low is None else ufuncs.maximum(self, low)
        return found if high is None else ufuncs.minimum(found, high)

    def reshape(self, *shape: Any) -> Symbol:
        """As np.reshape, where the samples stay the last axis."""
        wanted: Any = shape[0] if len(shape) == 1 and isinstance(shape[0], tuple) else shape
        if self.value.is_constant:
            return Symbol.of(constant(np.asarray(self.value.example).reshape(wanted)))
        found = np.empty(self.shape).reshape(wanted).shape
        if found[-1] != self.shape[-1]:
            raise Untraceable(f"it reshapes {self.shape} to {found}, across the samples")
        return Symbol.of(applied("reshape", self.value, shape=found[:-1]))

    def astype(self, dtype: Any, copy: bool = True) -> Symbol:  # noqa: ARG002 - a symbol is never shared
        """As ndarray.astype."""
        return Symbol.of(applied("astype", self.value, dtype=np.dtype(dtype)))

    def copy(self) -> Symbol:
        """As ndarray.copy."""
        return Symbol.of(self.value)


class SymbolRow(Symbol):
    """A row of another symbol: what is written to it is written there."""

    def __init__(self, whole: Symbol, row: int) -> None:
        super().__init__(whole.shape[1:], whole.dtype)
        self._whole, self._row = whole, row

    @property
    def value(self) -> Value:
        """What the row holds."""
        return self._whole.read_row(self._row)

    def write(self, value: Value) -> None:
        """Hold this from now on, in the whole."""
        if value.shape != self.shape:
            raise Untraceable(f"it writes an array of {value.shape} into a row of {self.shape}")
        self._whole.write_row(self._row, value)


def _value(argument: Any) -> Value:
    return argument.value if isinstance(argument, Symbol) else constant(argument)


def _given(value: Value, out: Any) -> Any:
    """The symbol of a value: a new one, or the one that it was to be written to."""
    if out is None:
        return Symbol.of(value)
    if not isinstance(out, Symbol):
        raise Untraceable("it writes into an array of its own")
    out.write(value)
    return out


def _elementwise(name: str, inputs: tuple[Any, ...]) -> Value:
    if name == "matmul":
        return _product(*inputs)
    values = [_value(one) for one in inputs]
    if any(not one.is_constant for one in values):
        for one in values:
            if one.is_constant and np.ndim(one.example) and np.shape(one.example)[-1] != 1:
                raise Untraceable(f"it has numbers of its own for every sample, of shape {one.shape}")
    if name == "positive":
        return values[0]
    if name in OF_TRUTH and all(one.dtype == bool for one in values):
        name = OF_TRUTH[name]
    return applied("divide" if name == "true_divide" else name, *values)


def _product(left: Any, right: Any) -> Value:
    one, other = _value(left), _value(right)
    if one.is_constant and (other.is_constant or (one.example.ndim == 2 and len(other.shape) == 2)):
        return applied("dot", one, other)
    raise Untraceable("it multiplies matrices that both depend on the sample, or from the right")


def _reduced(name: str, what: Any, axis: Any, keywords: dict[str, Any]) -> Value:
    value, keepdims = _value(what), bool(keywords.get("keepdims", False))
    if set(keywords) - {"keepdims"}:
        raise Untraceable(f"it uses {name} with {', '.join(sorted(set(keywords) - {'keepdims'}))}")
    sides = len(value.shape)
    if value.is_constant:
        return applied(name, value, axis=axis, keepdims=keepdims)
    if not isinstance(axis, int) or axis % sides == sides - 1:
        raise Untraceable(f"its {name} is over the samples")
    return applied(name, value, axis=axis % sides, keepdims=keepdims)


def _alike(what: Any, dtype: Any = None, **_: Any) -> Symbol:
    return Symbol(what.shape, np.dtype(dtype or what.dtype))


def _where(condition: Any, one: Any, other: Any) -> Symbol:
    return Symbol.of(applied("where", *(_value(value) for value in (condition, one, other))))


def _concatenated(blocks: Any, axis: int = 0, out: Any = None) -> Any:
    values = [_value(one) for one in blocks]
    if axis != 0 or any(one.is_constant or len(one.shape) != 2 for one in values):
        raise Untraceable("it concatenates along another axis than the first, or what is no matrix of samples")
    return _given(applied("concatenate", *values), out)


# Functions of numpy that are no ufuncs.
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "where": _where,
    "concatenate": _concatenated,
    "dot": lambda one, other, out=None: _given(_product(one, other), out),
    "clip": lambda x, low=None, high=None: x.clip(low, high),
    "sum": lambda x, axis=None, **keywords: x.sum(axis, **keywords),
    "mean": lambda x, axis=None, **keywords: x.mean(axis, **keywords),
    "max": lambda x, axis=None, **keywords: x.max(axis, **keywords),
    "amax": lambda x, axis=None, **keywords: x.max(axis, **keywords),
    "min": lambda x, axis=None, **keywords: x.min(axis, **keywords),
    "amin": lambda x, axis=None, **keywords: x.min(axis, **keywords),
    "var": lambda x, axis=None, **keywords: x.var(axis, **keywords),
    "std": lambda x, axis=None, **keywords: x.std(axis, **keywords),
    "reshape": lambda x, shape, **_: x.reshape(shape),
    "copy": lambda x, **_: x.copy(),
    "empty_like": _alike,
    "shape": lambda x: x.shape,
    "ndim": lambda x: x.ndim,
    "size": lambda x: x.size,
    "result_type": lambda *all_of: np.result_type(*(one.dtype if isinstance(one, Symbol) else one for one in all_of)),
}
