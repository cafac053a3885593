"""The core's own views, in the order in which `v` goes through them."""

from __future__ import annotations

from tui_nn.views import (
    approximation,
    boundary,
    bumps,
    curves,
    forward,
    hidden,
    insides,
    matrices,
    network,
    output,
    perturb,
    predictions,
    robustness,
    trace,
    truth,
    verdicts,
    weights,
)

VIEWS = (
    network.network,
    curves.loss,
    curves.accuracy,
    curves.metrics,
    predictions.confusion,
    weights.weights,
    matrices.units,
    boundary.boundary,
    insides.neurons,
    hidden.hidden,
    truth.truth,
    forward.forward,
    approximation.curve,
    bumps.bumps,
    predictions.fit,
    predictions.mistakes,
    perturb.perturb,
    matrices.votes,
    robustness.robustness,
    insides.health,
    trace.sample,
    output.output,
    verdicts.verdict,
)
