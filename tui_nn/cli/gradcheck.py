"""`tui-nn gradcheck`: backpropagation against centred differences, layer by layer."""

from __future__ import annotations

import json
import sys

import click

from tui_nn.cli.completing import complete_experiment
from tui_nn.cli.options import json_option, plugin_option, set_option

SAMPLES = 16
TOLERANCE = 1e-6


@click.command()
@click.argument("experiment", shell_complete=complete_experiment)
@set_option("Set any key of the experiment.")
@plugin_option()
@click.option(
    "--most", type=click.IntRange(1), default=200, help="Parameters to check per layer, drawn at random (200)."
)
@json_option()
def command(experiment: str, overrides: tuple[str, ...], plugins: tuple[str, ...], most: int, as_json: bool) -> None:
    """Check the gradients of EXPERIMENT in float64: exit 5 if backpropagation and centred differences disagree.

    J is computed on a few training samples at parameters h above and below, h = 1e-5 and 1e-6; the better of the two
    counts, since a step across the kink of a ReLU spoils one of them. Where J has a kink exactly at the parameter, any
    slope between those of its two sides is right.
    """
    from tui_nn.cli.table import table
    from tui_nn.engine.gradcheck import check_layers
    from tui_nn.errors import ExitCode
    from tui_nn.experiment import load_experiment
    from tui_nn.experiment.build import build
    from tui_nn.experiment.places import located
    from tui_nn.training import opened
    from tui_nn.training.provenance import files_beside

    with located(experiment, overrides):
        decoded = load_experiment(experiment, (*overrides, "training.dtype=float64"))
        with opened(decoded, files_beside(experiment, plugins)) as session:
            checks = check_layers(build(decoded, session.registry).trainer, SAMPLES, most)
    good = all(check.error <= TOLERANCE for check in checks)
    if as_json:
        rows = [
            {"layer": c.layer, "kind": c.kind, "checked": c.checked, "at_kinks": c.at_kinks, "error": c.error}
            for c in checks
        ]
        click.echo(json.dumps({"tolerance": TOLERANCE, "passed": good, "layers": rows}, indent=2))
    else:
        lines = [
            [
                str(check.layer),
                check.kind,
                f"{check.checked} of {check.parameters}",
                f"{check.error:.1e}",
                ("ok" if check.error <= TOLERANCE else f"wrong at {check.worst}")
                + (f", {check.at_kinks} at a kink" if check.at_kinks else ""),
            ]
            for check in checks
        ]
        click.echo(table(["layer", "kind", "parameters", "largest relative error", ""], lines))
    if not good:
        click.echo(f"tui-nn: gradients disagree by more than {TOLERANCE:g}", err=True)
    sys.exit(ExitCode.DONE if good else ExitCode.REQUIREMENT)
