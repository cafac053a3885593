"""`tui-nn verify`: a run is trained again from its directory, and must come to the same bits."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from tui_nn.cli.completing import complete_run
from tui_nn.cli.options import json_option, plugin_option


@click.command()
@click.argument("run", shell_complete=complete_run)
@plugin_option()
@json_option()
def command(run: str, plugins: tuple[str, ...], as_json: bool) -> None:
    """Repeat RUN and compare every event and the final weights; exit 5 if anything differs.

    Changes made during training, and a stop, are repeated at the same steps. Times are not compared.
    """
    from tui_nn.cli.threads import set_threads
    from tui_nn.experiment import load_experiment
    from tui_nn.runs.layout import EXPERIMENT, latest_run

    if run == "latest":
        run = str(latest_run(Path("runs")))
    if not (Path(run) / EXPERIMENT).is_file():
        from tui_nn.runs.reader import open_run

        open_run(run).experiment_toml()
    experiment = load_experiment(str(Path(run) / EXPERIMENT), links=False)
    set_threads(experiment.training.threads)

    import tempfile
    from contextlib import closing

    from tui_nn.errors import ExitCode
    from tui_nn.experiment.change import Settings
    from tui_nn.runs import open_run
    from tui_nn.runs.again import train_again
    from tui_nn.runs.recorder import RunRecorder
    from tui_nn.runs.thinning import DENSITY
    from tui_nn.training import opened_run
    from tui_nn.training.whole import whole_of

    def warn(text: str) -> None:
        click.echo(f"tui-nn: {text}", err=True)

    reader = open_run(run)
    with opened_run(reader, plugins) as session, tempfile.TemporaryDirectory(prefix="tui-nn-verify-") as scratch:
        setup, again = session.setup(), Path(scratch) / "run"
        whole = whole_of(setup, session.registry, again)
        settings = Settings(setup.experiment, session.registry, setup.trainer)
        started = reader.history.started
        density = DENSITY if started is None else started.density
        with closing(RunRecorder(again, setup.trainer, whole, density=density, warn=warn)) as recorder:
            repetition = train_again(reader, settings, recorder, warn)
    if as_json:
        report = {
            "same": repetition.same,
            "events": repetition.events,
            "difference": repetition.difference,
            "course_only": repetition.course_only,
            "weights": repetition.weights,
            "fingerprint": repetition.fingerprint,
        }
        click.echo(json.dumps(report, indent=2))
    else:
        same = "the same" + (
            " in kind and step: the first version measured otherwise" if repetition.course_only else ""
        )
        click.echo(
            f"events   {repetition.events} {same}{'; ' + repetition.difference if repetition.difference else ''}"
        )
        words = {
            True: "the same, bit for bit",
            False: "they differ",
            None: "not compared: no checkpoint of the last step",
        }
        click.echo(f"weights  {words[repetition.weights]}")
        for difference in repetition.fingerprint:
            click.echo(f"differs  {difference}")
    if not repetition.same:
        warn(f"{run} was not reproduced")
    sys.exit(ExitCode.DONE if repetition.same else ExitCode.REQUIREMENT)
