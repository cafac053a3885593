"""Rules about the data: inputs that are not scaled, and classes that are rare and therefore not learnt."""

from __future__ import annotations

from collections.abc import Iterator

from tui_nn.diagnosis.case import Case
from tui_nn.diagnosis.verdict import Finding, Rule


def _unscaled(case: Case, threshold: float) -> Iterator[Finding]:
    data = case.started.data
    if data is None or data.rms <= threshold or case.started.layers[0].normalises:
        return
    features = case.started.features
    name = f'"{features[data.column]}"' if features else str(data.column + 1)
    says = (
        f"column {name} has a root mean square of {data.rms:.4g}; the inputs go from {data.low:.4g} to {data.high:.4g}"
    )
    yield Finding(says, data.rms, ("data.scale=standard",))


def _imbalance(case: Case, threshold: float) -> Iterator[Finding]:
    confusion, shares = case.history.confusion, case.shares
    if not case.is_judged or confusion is None or len(shares) < 2 or case.experiment.training.class_weights != "none":
        return
    total = sum(map(sum, confusion))
    accuracy = sum(confusion[index][index] for index in range(len(shares))) / total if total else 0.0
    for index, share in sorted(enumerate(shares), key=lambda pair: pair[1]):
        even, samples = share * len(shares), sum(confusion[index])
        if even >= threshold or not samples:
            continue
        recall = confusion[index][index] / samples
        if recall < accuracy / 2:
            says = (
                f'class "{case.started.classes[index]}" is {100 * share:.2g} % of the training samples, '
                f"{even:.2g} of an even share, and {100 * recall:.0f} % of it is found"
            )
            yield Finding(says, even, ("training.class_weights=balanced",), anew=False)
            return


RULES = (
    Rule(
        "unscaled_inputs",
        "unscaled inputs",
        10.0,
        "a root mean square of at most 10 in every column",
        "LeCun et al. (1998), Efficient BackProp, 4.3: mean 0 and deviation 1; the factor of 10 is ours",
        "Large inputs saturate the first layer, and columns of unlike size want rates that are as unlike.",
        _unscaled,
        hides=("saturated_units", "vanishing_gradient", "rate_too_high", "rate_too_low", "loss_at_chance"),
    ),
    Rule(
        "class_imbalance",
        "class imbalance",
        0.4,
        "at least 0.4 of an even share, or half the overall accuracy",
        "Google, Machine Learning Crash Course: moderate imbalance below 20 % of two classes, 0.4 of an even share",
        "A rare class adds so little to the loss that it pays to overlook it.",
        _imbalance,
    ),
)
