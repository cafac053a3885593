"""Two settings met with the same seed: the same split, the same order, so that only the setting differs.

Counting who was better seed by seed tells more than two means whose scatter is mostly that of the seeds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Values = Sequence[float | None]  # one a seed; None where the run has no value


@dataclass(frozen=True)
class Duels:
    """How often one setting was better than, equal to and worse than another with the same seed."""

    won: int = 0
    tied: int = 0
    lost: int = 0

    def __add__(self, other: Duels) -> Duels:
        return Duels(self.won + other.won, self.tied + other.tied, self.lost + other.lost)

    def __str__(self) -> str:
        return f"{self.won}-{self.tied}-{self.lost}"


def duels(mine: Values, others: Values, smaller_is_better: bool) -> Duels:
    """Seed by seed. A run without a value, for it diverged, loses against any that has one."""
    total = Duels()
    for a, b in zip(mine, others, strict=True):
        if a is None or b is None:
            total += Duels(
                won=int(b is None and a is not None), tied=int(a is b), lost=int(a is None and b is not None)
            )
        else:
            better = a < b if smaller_is_better else a > b
            total += Duels(won=int(better), tied=int(a == b), lost=int(not better and a != b))
    return total


def against_all(settings: Sequence[Values], smaller_is_better: bool) -> list[Duels]:
    """For each setting, its duels with every other, added up."""
    return [
        sum((duels(mine, other, smaller_is_better) for j, other in enumerate(settings) if j != i), Duels())
        for i, mine in enumerate(settings)
    ]
