"""The bundled experiments: TOML files in `examples/`, whose first line says what they show."""

from __future__ import annotations

from importlib.resources import files

from tui_nn.errors import ExperimentError, did_you_mean


def example_names() -> list[tuple[str, str]]:
    """(name, description) of every bundled experiment, by name."""
    folder = files("tui_nn.experiment") / "examples"
    examples = [entry for entry in folder.iterdir() if entry.name.endswith(".toml")]
    return sorted(
        (entry.name.removesuffix(".toml"), entry.read_text("utf-8").splitlines()[0].lstrip("# ").strip())
        for entry in examples
    )


def example_text(name: str) -> str:
    """The TOML text of a bundled experiment. Raises ExperimentError with the nearest name."""
    names = [known for known, _ in example_names()]
    if name not in names:
        raise ExperimentError(
            f"'{name}' is neither a file nor a bundled example.{did_you_mean(name, names)} "
            "`tui-nn examples` lists them."
        )
    return (files("tui_nn.experiment") / "examples" / f"{name}.toml").read_text("utf-8")
