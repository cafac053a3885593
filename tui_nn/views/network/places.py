"""Where the cursor goes in the picture of a network, and what is said there: units, and the weights between them.

A unit is (layer, unit): layer 0 are the inputs, unit 0 is the constant 1 that meets the bias. A weight is (layer, unit,
input), as Theta_12^(1) is (1, 1, 2). A layer whose units are not drawn one by one is (layer,).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from tui_nn.plugin.places import PAGE, At, Dotted, Towards
from tui_nn.views.network.scene import Scene


@dataclass(frozen=True)
class NetworkPlaces(Dotted):
    """Left and right go from a unit along its strongest weight, up and down to its neighbours."""

    scene: Scene

    @property
    def first(self) -> At:
        """The last unit: the answer, or the first of them."""
        last = self.scene.groups[-1]
        return (last.first,) if last.is_block else (last.first, (self.scene.answer or 0) % self.scene.units(last) + 1)

    def _group(self, layer: object) -> int | None:
        """The place of the column that begins with this layer."""
        return next((place for place, group in enumerate(self.scene.groups) if group.first == layer), None)

    def __contains__(self, at: object, /) -> bool:
        if not isinstance(at, tuple) or not 1 <= len(at) <= 3 or not all(isinstance(part, int) for part in at):
            return False
        place = self._group(at[0])
        if place is None:
            return False
        group = self.scene.groups[place]
        if len(at) == 1:
            return group.is_block
        if len(at) == 2:
            return (not group.is_block and 1 <= at[1] <= self.scene.units(group)) or (
                at[1] == 0 and self._has_bias(place)
            )
        return (
            place > 0
            and not group.is_block
            and at[1] in range(1, self.scene.units(group) + 1)
            and at[2] in range(self._sources(place) + 1)
        )

    def __iter__(self) -> Iterator[At]:
        for place, group in enumerate(self.scene.groups):
            if self._has_bias(place):
                yield (group.first, 0)
            if group.is_block:
                yield (group.first,)
                continue
            for unit in range(1, self.scene.units(group) + 1):
                yield (group.first, unit)
                if place:
                    yield from ((group.first, unit, source) for source in range(self._sources(place) + 1))

    def _has_bias(self, place: int) -> bool:
        """Whether a constant 1 goes from this column into the next."""
        return place + 1 < len(self.scene.groups) and not self.scene.groups[place + 1].is_block

    def _sources(self, place: int) -> int:
        """Units that the one at `place` is connected with, the bias left out."""
        return self.scene.units(self.scene.groups[place - 1])

    def step(self, at: At, towards: Towards) -> At:
        """The next place; the same where there is none."""
        place = self._group(at[0])
        assert place is not None
        if towards in ("left", "right"):
            return self._across(at, place, towards)
        lowest = 1 if len(at) == 2 and not self._has_bias(place) else 0
        last = self._sources(place) if len(at) == 3 else self.scene.units(self.scene.groups[place])
        if len(at) == 1:
            return (at[0], 0) if towards == "up" and self._has_bias(place) else at
        if len(at) == 2 and self.scene.groups[place].is_block:
            return (at[0],) if towards == "down" else at
        now = at[-1] + {"up": -1, "down": 1, "pageup": -PAGE, "pagedown": PAGE}.get(towards, 0)
        now = {"home": lowest, "end": last}.get(towards, now)
        return (*at[:-1], min(max(now, lowest), last))

    def _across(self, at: At, place: int, towards: Towards) -> At:
        groups, layer = self.scene.groups, at[0]
        if len(at) == 3:
            if towards == "right":
                return at[:2]
            before = groups[place - 1]
            return (before.first,) if before.is_block and at[2] else (before.first, at[2])
        if towards == "left":
            if not place or (len(at) == 2 and at[1] == 0):
                return at if not place else self._into(place - 1, at)
            if groups[place].is_block:
                return self._into(place - 1, at)
            return (layer, at[1], self._strongest(place, at[1]))
        if place + 1 == len(groups):
            return at
        following = groups[place + 1]
        if following.is_block:
            return (following.first,)
        theta = self._theta(place + 1)
        source = at[1] if len(at) == 2 else self._strongest(place + 1, 1)
        unit = int(np.abs(theta[:, source]).argmax()) // self.scene.shape(following).pieces + 1
        return (following.first, unit, source)

    def _into(self, place: int, at: At) -> At:
        """The column at `place`, from the right."""
        group = self.scene.groups[place]
        return (group.first,) if group.is_block else (group.first, min(max(1, at[-1]), self.scene.units(group)))

    def _theta(self, place: int) -> Any:
        group = self.scene.groups[place]
        theta = self.scene.thetas[group.first - 1]
        assert theta is not None
        return np.nan_to_num(theta)

    def _strongest(self, place: int, unit: int) -> int:
        """The input, from 1, with the largest weight into this unit."""
        pieces = self.scene.shape(self.scene.groups[place]).pieces
        rows = self._theta(place)[(unit - 1) * pieces : unit * pieces, 1:]
        return int(np.abs(rows).max(axis=0).argmax()) + 1
