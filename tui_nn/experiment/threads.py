"""Who does the work of a run that may use several threads: the library of matrix products, or Python's own threads.

`training.threads` is one number for the user. Wide products are divided by the library; narrow ones are not worth it,
and chunks of samples are shared by Python's threads, with the library held to one thread in each.
"""

from __future__ import annotations

from contextlib import AbstractContextManager

from threadpoolctl import ThreadpoolController

from tui_nn.engine.crew import Crew
from tui_nn.engine.network import Network

WIDE = 1 << 22  # multiply-adds of a batch in one layer: less than this is done before a second thread has woken up


def crew_for(threads: int) -> Crew:
    """A crew of so many. Call it after numpy is loaded, whose library of matrix products it finds."""
    if threads == 1:
        return Crew()
    controller = ThreadpoolController()

    def limit(most: int) -> AbstractContextManager[object]:
        limiter: AbstractContextManager[object] = controller.limit(limits=most, user_api="blas")
        return limiter

    return Crew(threads, limit)


def suit(network: Network, batch: int) -> None:
    """Hold matrix products to one thread for the rest of this process if every layer is narrow at this batch size."""
    if library_threads(network, batch) < network.crew.threads:
        network.crew.limit(1)  # not as a context: for good


def library_threads(network: Network, batch: int) -> int:
    """How many threads the library of matrix products is to have for this network: one if every layer is narrow."""
    widest = max((theta.size for theta in network.parameters.thetas if theta is not None), default=0)
    return 1 if widest * batch < WIDE else network.crew.threads
