"""`tui-nn`: finds the command and turns errors into one line and an exit code.

Commands are imported when they are called: `--help` needs neither numpy nor textual.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import sys
import sysconfig
import traceback
from dataclasses import asdict
from pathlib import Path
from typing import NoReturn

import click
from click.shell_completion import CompletionItem

from tui_nn import __version__
from tui_nn.cli import others, streams
from tui_nn.cli.completing import complete_experiment
from tui_nn.cli.failures import exit_code_of, message_of
from tui_nn.cli.leaving import leave
from tui_nn.cli.options import plugin_option
from tui_nn.cli.reading_line import ReadingLine
from tui_nn.cli.threads import set_threads
from tui_nn.confined import confine
from tui_nn.errors import ExitCode, ExperimentError, Finding, PluginError, StorageError, TuiNNError, brief, did_you_mean
from tui_nn.waiting import watched

PACKAGE = Path(__file__).parents[1]

# Command -> its line in the help. The module has the command's name.
COMMANDS = {
    "train": "Train an experiment headless; the last line printed is the run directory.",
    "sweep": "Train every combination of settings, with several seeds, and rank them.",
    "compare": "Compare activations over several seeds, or finished runs.",
    "gradcheck": "Compare backpropagation with centred differences, layer by layer.",
    "circuit": "Draw an expression as a circuit: values forward, gradients backward.",
    "bumps": "Approximate a function by bumps of sigmoids, built by hand and trained.",
    "verify": "Repeat a run from its directory and compare it bit for bit.",
    "show": "Print a view of a run: curves, confusion, weights, decision boundary, mistakes, ...",
    "evaluate": "Evaluate a recorded network on its own or other data.",
    "predict": "Predict new samples with a recorded network.",
    "export": "Export the network of a run: ONNX, Python, C, PyTorch, Keras, safetensors, npz, ...",
    "report": "Write reports of a run: JUnit, Markdown, CSV, TensorBoard; check requirements.",
    "doctor": "Find out why a run does not learn and what to try next.",
    "runs": "List runs with their state and results.",
    "watch": "Watch a run, live or finished: in the workbench, as text, or one line per epoch.",
    "serve": "Open the workbench, or a lesson, to browsers: on this machine, behind a token.",
    "present": "Open an experiment or a run for a projector: one or two views, large and light.",
    "control": "Control a run from another terminal: status, pause, play, step, speed, set, stop.",
    "plugins": "List plugins, show or check one, trust a file, start a new one; the sheet of activations.",
    "data": "List data sets, describe or fetch one; show the cache of tables.",
    "lesson": "List lessons; take, show, answer, check or export one, start a new one, or grade a class.",
    "examples": "List bundled experiments, or copy one to edit.",
}
WORKBENCH = "workbench"


def _commands_of_others() -> list[str]:
    """A built-in command of the same name stays what it is."""
    return [name for name in others.names() if name not in COMMANDS]


class LazyCommands(click.Group):
    """Imports a command's module at its first use. A first argument that is no command opens the workbench on it."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return [*COMMANDS, *_commands_of_others()]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name == WORKBENCH:
            return workbench
        if cmd_name not in COMMANDS:
            return others.load(cmd_name)
        command: click.Command = importlib.import_module(f"tui_nn.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in COMMANDS and not name.startswith("-") and name not in _commands_of_others():
            return WORKBENCH, workbench, args
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Commands by the lines of the help, which imports none of them, and experiments to open."""
        if incomplete.startswith("-"):
            return super().shell_complete(ctx, incomplete)
        lines = {**COMMANDS, **dict.fromkeys(_commands_of_others(), "")}
        found = [CompletionItem(name, help=line) for name, line in lines.items() if name.startswith(incomplete)]
        opened = complete_experiment(ctx, self.params[0], incomplete)
        return found + [item for item in opened if item.type == "plain" or not found]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))
        if names := _commands_of_others():
            with formatter.section("Commands of other packages"):
                formatter.write_dl([(name, "") for name in names])


@click.group(cls=LazyCommands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="tui-nn")
@plugin_option("Load this plugin file in the workbench.")
@click.option("--traceback", "show_traceback", is_flag=True, help="Print the traceback of an unexpected error.")
@click.pass_context
def main(ctx: click.Context, plugins: tuple[str, ...], show_traceback: bool) -> None:  # noqa: ARG001
    """See, feel and trust how a neural network learns, in your terminal.

    `tui-nn` opens the workbench on a starter experiment, `tui-nn EXPERIMENT`, `tui-nn RUN` or `tui-nn DATA.csv` on that
    one.
    """
    ctx.obj = plugins
    if ctx.invoked_subcommand is None:
        open_workbench(None, plugins)


@click.command(hidden=True)
@click.argument("target", shell_complete=complete_experiment)
@plugin_option()
@click.pass_obj
def workbench(inherited: tuple[str, ...], target: str, plugins: tuple[str, ...]) -> None:
    """Open the workbench on an experiment file, a bundled example or a run."""
    open_workbench(target, (*inherited, *plugins))


def open_workbench(
    target: str | None, plugins: tuple[str, ...], lesson: tuple[str, ...] | None = None, *, dark: bool = False
) -> NoReturn:
    """Run the terminal application and exit with its code. lesson: the views to present, for a projector."""
    if target is not None:
        _must_exist(target)
    why = streams.no_terminal()
    if why:
        raise ExperimentError(
            f"the workbench {why}. Without a screen: `tui-nn train digits`, then `tui-nn show latest`."
        )
    set_threads(1, unless_set=True)
    from tui_nn.tui.app import run_workbench

    sys.exit(run_workbench(target, plugins, lesson, dark=dark))


def _must_exist(target: str) -> None:
    """A word that is nothing at all is most likely a misspelt command."""
    from tui_nn.experiment.examples_list import example_names

    names = [name for name, _ in example_names()]
    if not Path(target).exists() and target not in names and target != "latest":
        nearest = did_you_mean(target, [*COMMANDS, *_commands_of_others(), *names])
        raise ExperimentError(f"'{target}' is not a command, experiment file, example or run.{nearest}")


def entry() -> NoReturn:
    """The console script."""
    confine()
    as_json = "--json" in sys.argv
    streams.prepare(as_json=as_json)
    with streams.guarded(as_json=as_json), watched(ReadingLine()):
        code = _called()
        unwritten = streams.flush()
    leave(code or unwritten)


def _called() -> int:
    """Run the command. Returns the exit code; an error is told, and is never a traceback unless that is asked for."""
    try:
        code = main(standalone_mode=False)
    except SystemExit as ended:
        return _ended(ended)
    except click.exceptions.Exit as error:
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return ExitCode.INTERRUPTED
    except BrokenPipeError:  # the reader has seen enough
        streams.give_up(sys.__stdout__)
        return ExitCode.DONE
    except Exception as error:
        if "--traceback" in sys.argv and not isinstance(error, click.ClickException):
            raise
        if isinstance(error, OSError):
            if streams.is_of_output(error):
                streams.give_up(sys.__stdout__)
            error = StorageError(streams.said(error))
        elif isinstance(error, UnicodeEncodeError):  # of an argument, for everything of ours is UTF-8
            found = error.object[max(0, error.start - 40) : error.end + 40]
            error = ExperimentError(f"a name is not UTF-8 and cannot be recorded: {found!r}. Rename it.")
        return _told(error)
    return code if isinstance(code, int) else ExitCode.DONE


def _ended(ended: SystemExit) -> int:
    """The exit code of a command that ended the process. Code that is not ours has no business to do so."""
    frames = traceback.extract_tb(ended.__traceback__)
    if frames and frames[-1].filename == click.core.__file__:  # it leaves so only if the reader has seen enough
        streams.give_up(sys.__stdout__)
        return ExitCode.DONE
    if frames and Path(frames[-1].filename).is_relative_to(PACKAGE):
        return ended.code if isinstance(ended.code, int) else ExitCode.DONE
    library = sysconfig.get_path("stdlib")
    own = [frame for frame in frames if not frame.filename.startswith((library, "<"))]
    where = own[-1] if own else frames[-1]
    said = "" if ended.code in (None, 0) else f" with {ended.code!r}"
    return _told(
        PluginError(
            f"{Path(where.filename).name}:{where.lineno}, in {where.name}: it tried to end the process{said}; a plugin "
            "must raise an exception instead.",
            where.filename,
            where.lineno or 0,
        )
    )


def _told(error: Exception) -> int:
    """Say on stderr what went wrong, with --json on stdout too, and to GitHub. Returns the exit code."""
    code, message = exit_code_of(error), message_of(error)
    findings = error.findings if isinstance(error, TuiNNError) else (Finding(message),)
    with contextlib.suppress(OSError, ValueError):
        if isinstance(error, click.ClickException):
            shown = io.StringIO()
            error.show(shown)
            print(brief(shown.getvalue()), file=sys.stderr, end="")
        elif isinstance(error, TuiNNError):
            print(f"tui-nn: error: {message}", file=sys.stderr)
        else:
            print(f"tui-nn: {message}", file=sys.stderr)
            print("This is a bug in tui-nn. `tui-nn --traceback ...` shows where.", file=sys.stderr)
        if os.environ.get("GITHUB_ACTIONS") == "true":
            from tui_nn.report.github import annotate

            annotate(findings)
    if "--json" in sys.argv:
        tree = {"message": message, "exit_code": int(code), "findings": [asdict(finding) for finding in findings]}
        with contextlib.suppress(OSError, ValueError):
            print(json.dumps({"error": tree}))
    return code
