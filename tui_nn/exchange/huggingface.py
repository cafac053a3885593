"""A folder as the Hugging Face hub keeps models: `config.json`, `model.safetensors` and a model card."""

from __future__ import annotations

import math

import msgspec

from tui_nn.exchange.exported import Exported
from tui_nn.model.form import to_bytes
from tui_nn.plugin.exporter import exporter
from tui_nn.plurals import plural
from tui_nn.printable import escaped

CARD = """---
library_name: tui-nn
pipeline_tag: {task}
tags:
- tui-nn
- {kind}
---

# {title}

A feed-forward network of {parameters:,} parameters, trained with tui-nn {version}.

| layer | what it is |
|---|---|
{layers}

## Data

{inputs}

{answers}

## Results

{metrics}

## How to use it

    tui-nn predict model.safetensors DATA.csv

`config.json` says what the file's own header says: layers, inputs, classes and how inputs are prepared.
"""


@exporter()
def huggingface(exported: Exported) -> dict[str, bytes]:
    """A folder with a model card, for the Hugging Face hub."""
    form = exported.data.form
    config = {"library_name": "tui-nn", "model_type": "feed-forward", **msgspec.to_builtins(form)}
    return {
        "config.json": msgspec.json.format(msgspec.json.encode(config), indent=2) + b"\n",
        "model.safetensors": to_bytes(exported.data),
        "README.md": _card(exported).encode(),
    }


def _card(exported: Exported) -> str:
    from tui_nn import __version__

    net, classes = exported.net, exported.classes
    sizes = net.network.sizes
    rows = [
        f"| {number} | {layer.name}, {sizes[number - 1]} to {sizes[number]}"
        + (f", {layer.activation.name}" if layer.keeps_z else "")
        + " |"
        for number, layer in enumerate(net.layers, start=1)
    ]
    if net.head.link is not None:
        rows.append(f"| - | {net.head.link.name}, which the loss adds |")
    named = ", ".join(_said(name) for name in exported.inputs)
    picture = net.preparation.picture
    inputs = f"Inputs, {sizes[0]}: {named}." if named else f"Inputs: {plural(sizes[0], 'number')}."
    if picture is not None:
        inputs = f"Inputs: pictures of {picture[0]} x {picture[1]} pixels, row by row."
    what = "Labels" if net.head.targets.multi_label else "Classes"
    answers = f"{what}, {len(classes)}: {', '.join(_said(name) for name in classes)}." if classes else (
        f"Answers: {plural(net.head.targets.outputs, 'number')}."
    )  # fmt: skip
    finite = {name: value for name, value in exported.metrics.items() if math.isfinite(value)}
    lines = ["| metric | value |", "|---|---|", *(f"| {name} | {value:.6g} |" for name, value in finite.items())]
    return CARD.format(
        task="tabular-classification" if classes else "tabular-regression",
        kind="classification" if classes else "regression",
        title=_said(exported.title), parameters=len(net.parameters), version=__version__, layers="\n".join(rows),
        inputs=inputs, answers=answers, metrics="\n".join(lines) if finite else "None are recorded.",
    )  # fmt: skip


def _said(name: str) -> str:
    """A name that breaks no table and no line of Markdown."""
    return escaped(name).replace("|", "\\|").replace("\n", " ")
