"""The columns of the picture of a network and what lies between them, as arrays."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tui_nn.render import Links, UnitColumn
from tui_nn.views.network.scene import LayerGroup, Scene
from tui_nn.views.network.words import block, names, title

Array = np.ndarray[Any, np.dtype[Any]]


def links(scene: Scene, place: int) -> Links:
    """What the edges into the column at `place` show.

    Of a unit of several pieces it is the largest of its weights. An edge from a picture or a block stands for many
    weights: it is what these add to z of the sample, or where that is unknown, or no weights are shown, their length.
    """
    group, before = scene.groups[place], scene.groups[place - 1]
    if group.is_block:
        lines = np.ones((1, (1 if before.is_block else scene.units(before)) + 1))
        lines[0, 0] = np.nan
        return Links(lines, is_signed=False)
    shape, values = scene.shape(group), scene.shown[group.first - 1]
    assert values is not None
    if shape.pieces > 1:
        by_piece = values.reshape(shape.units, shape.pieces, -1)
        largest = np.abs(by_piece).argmax(axis=1, keepdims=True)
        values = np.take_along_axis(by_piece, largest, axis=1)[:, 0]
    if not before.is_block:
        return Links(values)
    a = scene.activations(before.last)
    if scene.shows_weights and a is not None:
        return Links(np.stack([values[:, 0], values[:, 1:] @ a], axis=1))
    return Links(np.stack([values[:, 0], np.linalg.norm(values[:, 1:], axis=1)], axis=1), is_signed=False)


def column(scene: Scene, place: int, before: Links | None, following: Links | None) -> UnitColumn:
    """The column at `place`; before, following: the links from the one before, and to the next one."""
    group = scene.groups[place]
    a = scene.activations(group.last)
    has_bias = following is not None and not scene.groups[place + 1].is_block
    if group.is_block:
        picture = None
        if group.first == 0 and scene.started.picture is not None and a is not None:
            picture = a.reshape(1, *scene.started.picture)
        lines = () if picture is not None else block(scene, group)
        return UnitColumn(title(scene, group), [""], np.zeros(1), pictures=picture, has_bias=has_bias, lines=lines)
    count = scene.units(group)
    limits = (-math.inf, math.inf)
    if scene.inside is not None and group.last:
        limits = scene.inside.ranges[group.last - 1]
    strength = np.zeros(count) if a is None else np.abs(a).astype(float)
    if following is not None and following.values.shape[1] == count + 1:
        strength = _shares(following.values[:, 1:]).max(axis=0)
        if before is not None and not scene.shows_weights:  # what is learned need not be where it is of most weight
            strength = np.maximum(strength, _shares(before.values).max(axis=1))
    answer = truth = None
    if following is None and count > 1 and scene.answer is not None and scene.truth is not None:
        answer, truth = scene.answer, scene.truth
        strength[[answer, truth]] = np.inf  # both are always seen
    pictures = scene.plane is not None
    return UnitColumn(
        title(scene, group), names(scene, group), strength, a, limits, _pictures(scene, place), pictures, has_bias,
        answer, truth, is_named=scene.has_names,
    )  # fmt: skip


def _shares(values: Array) -> Array:
    """Sizes, of the largest among them."""
    sizes: Array = np.abs(np.nan_to_num(values))
    return sizes / (sizes.max() or 1.0)


def _pictures(scene: Scene, place: int) -> Array | None:
    """Of each unit: what it says all over the plane of two inputs, or its weights where it sees a picture."""
    group: LayerGroup = scene.groups[place]
    if scene.plane is not None:
        return scene.plane.layers[group.last - 1] if group.last else scene.plane.inputs
    picture, theta = scene.started.picture, scene.shown[group.first - 1] if group.first else None
    if place != 1 or theta is None or picture is None or not scene.has_pictures or scene.is_blank:
        return None
    shape, weights = scene.shape(group), theta[:, 1:]
    if shape.pieces > 1:
        longest = np.linalg.norm(weights, axis=1).reshape(-1, shape.pieces).argmax(axis=1)
        weights = weights[np.arange(shape.units) * shape.pieces + longest]
    return weights.reshape(shape.units, *picture)
