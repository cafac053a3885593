"""The libraries tui-nn is timed beside, one module each, behind one interface."""

from typing import Protocol

from benchmarks.peers import jax_scan, node_js, sklearn_mlp, torch_eager, torch_fused
from benchmarks.workloads import Round, Task, Workload


class Peer(Protocol):
    """What each module here offers. Importing one does not import its library."""

    NAME: str

    def available(self) -> str | None:
        """Give why the library cannot be used here, or None if it can."""

    def environment(self, threads: int) -> dict[str, str]:
        """Give the variables to set before the process starts, to hold the library to `threads`."""

    def actual(self, workload: Workload) -> Workload:
        """Give the workload as this library really does it, where it cannot do it exactly."""

    def prepare(self, task: Task) -> Round | None:
        """Give a function that does one round, or None where the workload makes no sense for the library.

        The function gives what the round came to, so that it can be checked:
        "train": the weights now, (units, inputs + 1) a layer, bias first; the next round goes on from them.
        "predict": one array, the outputs, one row a sample.
        "evaluate": the gradient in the weights' format, then the cost in an array of no dimensions.
        """


PEERS: tuple[Peer, ...] = (sklearn_mlp, torch_eager, torch_fused, jax_scan, node_js)
