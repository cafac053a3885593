"""Exporters of the bare arrays: the same under the same names in every format, beside them what they mean."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from tui_nn.csvtext import to_csv
from tui_nn.datasets.matlab import by_columns as moved
from tui_nn.datasets.matlab import mat_bytes
from tui_nn.errors import DataError
from tui_nn.exchange.exported import Exported
from tui_nn.model.form import FACTS, PREPARED, THETA, Plain, facts_as_json, to_bytes
from tui_nn.plugin.exporter import exporter

Array = np.ndarray[Any, np.dtype[Any]]


@exporter(".safetensors")
def safetensors(exported: Exported) -> bytes:
    """Everything in one file; `tui-nn predict` takes it in place of a run."""
    return to_bytes(exported.data)


@exporter(".npz")
def npz(exported: Exported) -> bytes:
    """The arrays for numpy; `network.weights` of an experiment reads them."""
    file, data = io.BytesIO(), exported.data
    np.savez(file, allow_pickle=False, **{**data.arrays, FACTS: np.array(facts_as_json(data))})
    return file.getvalue()


@exporter(".mat")
def mat(exported: Exported, by_columns: bool = False) -> bytes:
    """Theta1, Theta2, ... in double precision for MATLAB and Octave; by_columns: pixels in their column order."""
    data = pixels_by_columns(exported.data) if by_columns else exported.data
    arrays = {THETA.sub(r"Theta\1", name): np.asarray(array, np.float64) for name, array in data.arrays.items()}
    return mat_bytes({**arrays, FACTS: facts_as_json(data)})


def pixels_by_columns(data: Plain) -> Plain:
    """The same with the pixels of the first Theta, and of the preparation, column by column. Raises DataError."""
    picture, inputs = data.form.picture, data.form.inputs
    theta = data.arrays.get("theta_1")
    if picture is None or theta is None or theta.shape[1] != inputs + 1:
        raise DataError("--by-columns: the first layer of this network does not see pictures.")
    rows, columns = picture
    arrays = dict(data.arrays)
    for name in (*PREPARED, "theta_1"):
        array = arrays.get(name)
        if array is not None and array.shape[-1] == inputs:
            arrays[name] = moved(np.hstack([0, array])[None], columns, rows)[0, 1:]
        elif array is not None and name == "theta_1":
            arrays[name] = moved(array, columns, rows)
    return replace(data, arrays=arrays)


@exporter()
def csv(exported: Exported) -> dict[str, bytes]:
    """A folder with a table for each Theta, one for the preparation (a row per input), and `net.json`."""
    data = exported.data
    files = {"net.json": facts_as_json(data).encode()}
    for name, array in data.arrays.items():
        if name not in PREPARED:
            text = io.StringIO()
            np.savetxt(text, array, delimiter=",", fmt=_exact(array))
            files[f"{name}.csv"] = text.getvalue().encode()
    return {**files, "preparation.csv": _preparation(data).encode()}


def _preparation(data: Plain) -> str:
    inputs, features = data.form.inputs, data.form.features
    names: Sequence[str] = features or [f"x{number}" for number in range(1, inputs + 1)]
    columns = {name: data.arrays[name] for name in PREPARED if name in data.arrays}
    rows: list[list[str]] = [["input", *columns]]
    for row, name in enumerate(names):
        rows.append([name, *(_exact(array) % array[min(row, len(array) - 1)] for array in columns.values())])
    return to_csv(rows)


def _exact(array: Array) -> str:
    """As many digits as bring every bit of a number back."""
    return "%.9g" if array.dtype == np.float32 else "%.17g"
