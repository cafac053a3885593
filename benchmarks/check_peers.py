"""Check that every library does the same work: python -m benchmarks.check_peers.

Each does a few small rounds of every workload without shuffling and is compared with a float64 reference.
The number shown is the largest, over the layers and rounds, of the norm of the difference over the norm of
what the round was to come to: for training that is the change of the weights since the start, not the
weights themselves, which change too little in a few steps to show a mistake.
"""

import os
import sys
from dataclasses import replace

import numpy as np

from benchmarks.peers import PEERS, Peer
from benchmarks.reference import Reference
from benchmarks.workloads import WORKLOADS, Workload, initial_thetas, task

ROUNDS = 2  # more than one, to see that the weights and the moments go on from round to round
BATCH = 16
# Float32 comes to about 1e-5. Adam divides a gradient by its own size: where one nearly cancels, its rounding
# is made as large as any step, which now and then comes to some 1e-4.
TOLERANCE = 1e-3


def small(workload: Workload) -> Workload:
    """Cut a workload down to a few steps a round, and leave rows over that a round does not come to."""
    if workload.does == "predict":
        return replace(workload, samples=2500, rows_per_round=2500)
    if workload.does == "evaluate":
        return replace(workload, samples=500, rows_per_round=1000)
    if workload.rows_per_round > workload.samples:
        return replace(workload, rows_per_round=3 * workload.samples)
    # Batches are small too: among millions of relu units' inputs, one is so near to zero that rounding decides
    # on which side it falls, and a whole row of weights with it. Among thousands there is none as a rule.
    return replace(workload, batch=BATCH, samples=4 * BATCH, rows_per_round=3 * BATCH)


def largest_difference(
    workload: Workload, given: list[np.ndarray], right: list[np.ndarray], start: list[np.ndarray]
) -> float:
    """Give the largest relative difference over the layers."""
    if [array.shape for array in given] != [array.shape for array in right]:
        return float("inf")
    from_start = start if workload.does == "train" else [np.zeros_like(array) for array in right]
    return max(
        float(np.linalg.norm(g - r) / np.linalg.norm(r - s)) for g, r, s in zip(given, right, from_start, strict=True)
    )


def check(peer: Peer, workload: Workload) -> float | None:
    """Give the largest relative difference over a few rounds, or None where the peer does not do the workload."""
    workload = small(workload)
    given, thetas = task(workload, shuffle=False), initial_thetas(workload)
    one_round = peer.prepare(given)
    if one_round is None:
        return None
    reference = Reference(peer.actual(workload), given.x, given.y, thetas)
    largest = max(largest_difference(workload, one_round(), reference.round(), thetas) for _ in range(ROUNDS))
    if not all(np.array_equal(ours, theirs) for ours, theirs in zip(thetas, given.thetas, strict=True)):
        raise RuntimeError(f"{peer.NAME} trains in the very arrays it was given")
    return largest


def main() -> int:
    """Print the table; the exit status is 1 if a library is further from the reference than the tolerance."""
    failed = False
    missing = {peer.NAME: peer.available() for peer in PEERS}
    present = [peer for peer in PEERS if missing[peer.NAME] is None]
    for peer in present:
        os.environ.update(peer.environment(1))
    print(f"{'':8}" + "".join(f"{peer.NAME:>15}" for peer in present))
    for workload in WORKLOADS:
        row = f"{workload.name:8}"
        for peer in present:
            difference = check(peer, workload)
            # `not <=` rather than `>`, so that a NaN fails too.
            failed |= difference is not None and not difference <= TOLERANCE
            star = " " if peer.actual(workload) == workload else "*"
            row += f"{'-':>14} " if difference is None else f"{difference:14.1e}{star}"
        print(row, flush=True)
    print("* compared with a reference that differs as the docstring of the module says.")
    for name, reason in missing.items():
        if reason is not None:
            print(f"{name} is left out: {reason}")
    print("FAILED" if failed else "All agree.")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
