"""A listener that logs runs to MLflow: `tui-nn train digits --listen mlflow`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tui_nn.plugin import Ended, EpochFinished, ExperimentError, Listened, Listener, hookimpl, listener

__version__ = "0.1.0"

LONGEST = 500  # characters of a parameter; MLflow takes no more of older versions


@listener
def mlflow(run: Listened, uri: str = "", experiment: str = "") -> Callable[[Any], None]:
    """Logs each run to MLflow: settings as parameters, the metrics of each epoch, and how the run ended.

    uri: the server, by default that of MLflow's setup (MLFLOW_TRACKING_URI). experiment: that of MLflow, by default the
    experiment's name. A resumed run continues its run in MLflow.
    """
    try:
        from mlflow import MlflowClient
        from mlflow.exceptions import MlflowException
    except ImportError:
        raise ExperimentError("needs mlflow: pip install mlflow.") from None
    try:
        client = MlflowClient(tracking_uri=uri or None)
        run_id = _run_of(client, run, experiment or run.name)
    except MlflowException as error:
        raise ExperimentError(f"MLflow at {uri or 'its default place'}: {' '.join(str(error).split())}") from None

    def take(event: Any) -> None:
        if isinstance(event, EpochFinished):
            for part, metrics in (("train", event.train), ("validation", event.validation)):
                for name, value in metrics.items():
                    client.log_metric(run_id, f"{part}.{name}", value, step=event.epoch)
        elif isinstance(event, Ended):
            for name, value in event.test.items():
                client.log_metric(run_id, f"test.{name}", value)
            client.set_tag(run_id, "tui_nn.reason", str(event.reason))
            client.set_terminated(run_id, "FAILED" if str(event.reason) == "diverged" else "FINISHED")

    return take


def _run_of(client: Any, run: Listened, name: str) -> str:
    """The run in MLflow for this one: its former run if it is resumed, otherwise a new one."""
    found = client.get_experiment_by_name(name)
    where = found.experiment_id if found is not None else client.create_experiment(name)
    path = str(run.path.absolute())
    if run.is_resumed:
        former = [one for one in client.search_runs([where]) if one.data.tags.get("tui_nn.run") == path]
        if former:
            client.update_run(former[0].info.run_id, status="RUNNING")
            return str(former[0].info.run_id)
    made = client.create_run(where, tags={"tui_nn.run": path}, run_name=run.path.name)
    for key, value in run.settings.items():
        client.log_param(made.info.run_id, key, str(value)[:LONGEST])
    return str(made.info.run_id)


@hookimpl
def tui_nn_listeners() -> list[Listener]:
    return [mlflow]
