"""A net as plain data and back: names, options and arrays, no code, nothing of this machine.

The facts are one JSON text, the arrays are called alike in every format: theta_1, theta_2, ... (none for a layer
without one), and of the preparation offset, factor, fills, low and high, where there are such.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any

import msgspec
import numpy as np

from tui_nn.datasets.encoding import Input, Unknown
from tui_nn.datasets.features import circuit_of
from tui_nn.engine.activation import Activation
from tui_nn.engine.layer import Layer
from tui_nn.engine.network import CHUNK, Network
from tui_nn.engine.targets import Targets
from tui_nn.errors import StorageError, brief, refused_by_disk
from tui_nn.files import read_bytes
from tui_nn.graph.circuits import CircuitError
from tui_nn.memory import lacking
from tui_nn.model.head import Head
from tui_nn.model.net import Net
from tui_nn.model.preparation import Preparation
from tui_nn.model.tensors import MOST_TENSORS, DamagedTensors, pack, unpack
from tui_nn.plugin.registry import Registry
from tui_nn.plurals import plural
from tui_nn.printable import escaped

Array = np.ndarray[Any, np.dtype[Any]]

SCHEMA = 3  # 1: targets are never scaled; 2: nor are they labels; such nets are still written so
MOST_BYTES = 4 << 30
FACTS = "net"
KINDS = ("activation", "layer", "loss")  # of components that a net is made of
PREPARED = ("offset", "factor", "fills", "low", "high")
THETA = re.compile(r"theta_([1-9]\d{0,3})")


Size = Annotated[int, msgspec.Meta(ge=1, le=1 << 24)]  # of a layer
COPIES = 4  # of Theta: itself, its gradient, what decays, and a copy to work with


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about a net but its arrays.

    layers, loss, link: names with their options, as an experiment has them. low, high, threshold, offset, factor,
    multi_label: see Targets.
    owners: "activation tanh" -> the plugin that gave it; versions: of these plugins, "sha256 ..." of a file.
    """

    schema: int
    inputs: Size
    features: tuple[str, ...] = ()
    picture: tuple[int, int] | None = None
    columns: tuple[Input, ...] = ()
    unknown: Unknown = "error"
    layers: Annotated[tuple[dict[str, Any], ...], msgspec.Meta(min_length=1, max_length=MOST_TENSORS)]
    dtype: str
    loss: dict[str, Any]
    link: dict[str, Any] | None = None
    classes: tuple[str, ...] = ()
    outputs: Size
    targets: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 1.0
    threshold: float = 0.5
    offset: tuple[float, ...] = ()
    factor: tuple[float, ...] = ()
    multi_label: bool = False
    owners: dict[str, str] = {}
    versions: dict[str, str] = {}


@dataclass(frozen=True)
class Plain:
    """A net as plain data. arrays may lack Theta: a run has that elsewhere. more: facts of whoever wrote it."""

    form: Form
    arrays: Mapping[str, Array]
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether it has a Theta at all: a run keeps it elsewhere."""
        return any(THETA.fullmatch(name) for name in self.arrays)

    @property
    def facts(self) -> dict[str, str]:
        """The form as JSON, under its name, and the other facts."""
        return {FACTS: msgspec.json.encode(self.form).decode(), **self.more}


def plain(
    net: Net,
    owners: Mapping[str, str],
    versions: Mapping[str, str],
    *,
    thetas: bool = True,
    more: Mapping[str, str] | None = None,
) -> Plain:
    """The plain data of a net; `more` are facts that only readers care for."""
    preparation, head = net.preparation, net.head
    form = Form(
        schema=SCHEMA if head.targets.multi_label else 2 if head.targets.are_scaled else 1,
        inputs=preparation.inputs,
        features=preparation.features,
        picture=preparation.picture,
        columns=preparation.columns,
        unknown=preparation.unknown,
        layers=tuple(_layer(layer) for layer in net.layers),
        dtype=net.parameters.dtype.name,
        loss=_named(head.loss),
        link=_named(head.link) if head.link is not None else None,
        classes=head.classes,
        outputs=head.targets.outputs,
        targets=head.names,
        low=head.targets.low,
        high=head.targets.high,
        threshold=head.targets.threshold,
        offset=head.targets.offset,
        factor=head.targets.factor,
        multi_label=head.targets.multi_label,
        owners={name: owner for name, owner in owners.items() if name.split(" ")[0] in KINDS},
        versions={name: versions[name] for name in sorted(set(owners.values())) if name in versions},
    )
    arrays = {name: getattr(preparation, name) for name in PREPARED}
    if thetas:
        arrays |= {f"theta_{number}": theta for number, theta in enumerate(net.thetas, start=1)}
    return Plain(form, {name: array for name, array in arrays.items() if array is not None}, more or {})


def net_of(data: Plain, registry: Registry) -> Net:
    """The net of plain data; Theta is 0 where the data has none.

    Raises StorageError for what does not fit together, ExperimentError for an unknown name.
    """
    form, arrays = data.form, data.arrays
    layers = tuple(registry.create("layer", spec) for spec in form.layers)
    _check_sizes(form, layers, arrays)
    network = Network(form.inputs, layers, form.dtype)
    for number, theta in enumerate(network.parameters.thetas, start=1):
        found = arrays.get(f"theta_{number}")
        if theta is not None and found is not None:
            theta[...] = found
    preparation = Preparation(
        form.inputs, form.features, form.picture, columns=form.columns, unknown=form.unknown,
        **{name: arrays[name] for name in PREPARED if name in arrays},
    )  # fmt: skip
    link = registry.create("activation", form.link) if form.link is not None else None
    targets = Targets(len(form.classes), form.outputs, form.low, form.high, form.threshold, form.offset, form.factor,
                      form.multi_label)  # fmt: skip
    head = Head(registry.create("loss", form.loss), targets, link, form.classes, form.targets)
    return Net(preparation, layers, head, network.parameters.values)


def _check_sizes(form: Form, layers: Sequence[Layer], arrays: Mapping[str, Array]) -> None:
    """Raise StorageError for arrays of other layers, and layers that this machine cannot hold, before any is made."""
    size, widest, parameters = form.inputs, form.inputs, 0
    for number, layer in enumerate(layers, start=1):
        size, shape = layer.checked_sizes(size)
        found = arrays.get(f"theta_{number}")
        if found is not None and found.shape != shape:
            expected = "no Theta" if shape is None else f"Theta of {shape}"
            raise StorageError(f"layer {number} has {expected}, and the file one of {found.shape}.")
        widest, parameters = max(widest, size), parameters + (shape[0] * shape[1] if shape is not None else 0)
    short = lacking(np.dtype(form.dtype).itemsize * (COPIES * parameters + CHUNK * widest))
    if short:
        raise StorageError(f"a network of {parameters:,} parameters and up to {widest:,} units in a layer {short}.")


def to_bytes(data: Plain) -> bytes:
    """A safetensors file with the facts in its header, and a checksum over all of it."""
    return pack(data.arrays, data.facts)


def from_file(path: Path, *, links: bool = True) -> Plain:
    """See from_bytes. Raises StorageError also for a file that cannot be read. `links`: whether it may be one."""
    with refused_by_disk(path):
        content = read_bytes(path, MOST_BYTES, links=links)
    return from_bytes(content, str(path))


def from_bytes(content: bytes, name: str) -> Plain:
    """What `to_bytes` wrote. Raises StorageError, with the name, for anything else."""
    try:
        arrays, facts = unpack(content)
        form = msgspec.json.decode(facts.pop(FACTS), type=Form)
        if form.schema > SCHEMA:
            raise DamagedTensors(f"it was written by a newer tui-nn (schema {form.schema}); update tui-nn")
        if form.dtype not in ("float32", "float64"):
            raise DamagedTensors(f"its numbers are {form.dtype}; expected float32 or float64")
        _check_arrays(form, arrays)
    except KeyError:
        raise StorageError(
            f"{name}: holds arrays but does not describe the network; write it with `tui-nn export`."
        ) from None
    except (ValueError, RecursionError) as error:
        raise StorageError(f"{name}: not a network that tui-nn wrote: {error}.") from None
    return Plain(form, arrays, facts)


def _check_arrays(form: Form, arrays: Mapping[str, Array]) -> None:
    for name, array in arrays.items():
        if name in PREPARED:
            if array.shape not in ((form.inputs,), (1,)):
                raise DamagedTensors(f"'{name}' has shape {array.shape}; there are {plural(form.inputs, 'input')}")
        elif not THETA.fullmatch(name) or array.ndim != 2:
            raise DamagedTensors(f"array '{name}' of shape {array.shape} does not belong to a network")
    if len(form.offset) != len(form.factor) or len(form.factor) not in (0, form.outputs):
        raise DamagedTensors(f"it scales {len(form.factor)} of {plural(form.outputs, 'target')}")
    if not all(math.isfinite(value) for value in (*form.offset, *form.factor)) or 0 in form.factor:
        raise DamagedTensors("it scales targets by what is no number, or by 0")
    if form.features and len(form.features) != form.inputs:
        raise DamagedTensors(f"it names {len(form.features)} of {plural(form.inputs, 'input')}")
    if form.multi_label and (form.classes or form.factor):
        raise DamagedTensors("its answers are labels, and classes or scaled numbers as well")
    for one in form.columns:
        if one.kind == "formula":
            _check_formula(one)
    made = sum(one.size if one.kind == "picture" else len(one.names) for one in form.columns)
    if form.columns and made != form.inputs:
        raise DamagedTensors(f"its columns make {made} of {plural(form.inputs, 'input')}")


def _check_formula(one: Input) -> None:
    """Raise DamagedTensors for a formula that cannot be read, or is of other columns than it names."""
    try:
        names = circuit_of(one.column).inputs
    except CircuitError as error:
        raise DamagedTensors(f"its formula '{brief(one.column)}' cannot be read: {error.line}") from None
    if len(names) != len(one.sources):
        raise DamagedTensors(
            f"its formula '{brief(one.column)}' is of {plural(len(names), 'column')}, not {len(one.sources)}"
        )


def _layer(layer: Layer) -> dict[str, Any]:
    """A layer with all of its options, as an experiment writes it."""
    options = {option.name: getattr(layer, option.name) for option in fields(layer)}  # type: ignore[arg-type]
    return {
        "kind": layer.name,
        **{name: _named(value) if isinstance(value, Activation) else value for name, value in options.items()},
    }


def _named(component: Any) -> dict[str, Any]:
    """A component by its name, with all of its options."""
    return {"kind": component.name, **component.options, **component.settings}


def facts_as_json(data: Plain) -> str:
    """The facts for a reader: indented, one object."""
    return (
        escaped(json.dumps({**data.more, FACTS: msgspec.to_builtins(data.form)}, indent=2, ensure_ascii=False)) + "\n"
    )
