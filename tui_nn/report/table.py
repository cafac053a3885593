"""The reporters that come with tui-nn."""

from __future__ import annotations

from tui_nn.plugin.reporter import Reporter, reporter
from tui_nn.report.finished import Finished
from tui_nn.report.junit import as_junit
from tui_nn.report.markdown import as_markdown
from tui_nn.report.metrics import as_csv, as_jsonl
from tui_nn.runs.summary import to_json


@reporter(".json")
def summary(finished: Finished) -> bytes:
    """How the run ended, as in `summary.json`."""
    return to_json(finished.summary)


@reporter(".xml")
def junit(finished: Finished) -> bytes:
    """JUnit XML with a test case for each requirement."""
    return as_junit(finished.summary, finished.name).encode()


@reporter(".md")
def markdown(finished: Finished) -> bytes:
    """A summary with the loss curve and the confusion matrix as text."""
    return as_markdown(finished).encode()


@reporter(".csv")
def csv(finished: Finished) -> bytes:
    """The metrics of each epoch as a table."""
    return as_csv(finished.reader.history).encode()


@reporter(".jsonl")
def jsonl(finished: Finished) -> bytes:
    """The metrics of each epoch, one JSON object per line."""
    return as_jsonl(finished.reader.history).encode()


REPORTERS: list[Reporter] = [summary, junit, markdown, csv, jsonl]
