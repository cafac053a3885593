"""Numbers with a bar beside them: what a term adds to a sum, how full a bounded activation is."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from rich.text import Text

from tui_nn.render.look import Look
from tui_nn.render.palette import BAD, DIM, GOOD, accent
from tui_nn.render.sums import terms_and_sum

BAR = 8  # cells


def bar(value: float, span: tuple[float, float], largest: float, look: Look) -> Text:
    """On the scale of a bounded range how full it is; else how large beside the largest, in the colour of its sign."""
    full, empty = ("#", "-") if look.ascii else ("━", "─")
    if not math.isfinite(value):
        return Text("!" * BAR, accent(BAD, look))
    if all(map(math.isfinite, span)):
        share, style = (value - span[0]) / (span[1] - span[0]), accent(GOOD, look)
    else:
        share, style = abs(value) / largest if largest else 0.0, accent(GOOD if value >= 0 else BAD, look)
        if look.depth == "none" and value < 0:
            full = "=" if look.ascii else "╍"
    cells = round(BAR * min(1.0, max(0.0, share)))
    return Text(full * cells, style).append(empty * (BAR - cells), accent(DIM, look))


def term_lines(terms: Sequence[tuple[str, float, float]], width: int, look: Look) -> list[Text]:
    """The name of each term, or where that has no room its last word, a bar, and the product."""
    products = [
        " = ".join(terms_and_sum(np.array([factor]), np.array([value]), has_bias=False)) for _, factor, value in terms
    ]
    labels = [label for label, _, _ in terms]
    if max(map(len, labels)) + BAR + max(map(len, products)) + 4 > width:
        labels = [label.split(" ")[-1] for label in labels]
    name = max(map(len, labels))
    if name + max(map(len, products)) + 3 > width:
        products = [product.split(" = ")[-1] for product in products]
    largest = max(abs(factor * value) for _, factor, value in terms)
    lines = []
    for label, product, (_, factor, value) in zip(labels, products, terms, strict=True):
        line = Text(f"  {label:<{name}} ", no_wrap=True)
        if name + BAR + len(product) + 4 <= width:
            line.append_text(bar(factor * value, (-math.inf, math.inf), largest, look)).append(" ")
        lines.append(line.append(product))
    return lines
