"""Numbers with a bar beside them: what a term adds to a sum, how full a bounded activation is."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from rich.text import Text

from tui_nn.render.amount import amount
from tui_nn.render.look import Look
from tui_nn.render.palette import BAD, DIM, GOOD, accent, of_sign
from tui_nn.render.sums import terms_and_sum

BARS = (8, 6, 4, 0)  # cells of a bar, the first for which there is room; 0: none
BAR = BARS[0]

Term = tuple[str, float, float]  # name, factor and value


def bar(value: float, span: tuple[float, float], largest: float, look: Look, across: int = BAR) -> Text:
    """On the scale of a bounded range how full it is; else how large beside the largest, in the colour of its sign."""
    full, empty = ("#", "-") if look.ascii else ("━", "─")
    if not math.isfinite(value):
        return Text("!" * across, accent(BAD, look))
    if all(map(math.isfinite, span)):
        share, style = (value - span[0]) / (span[1] - span[0]), accent(GOOD, look)
    else:
        share, style = abs(value) / largest if largest else 0.0, of_sign(value, look)
        if look.depth == "none" and value < 0:
            full = "=" if look.ascii else "╍"
    cells = round(across * min(1.0, max(0.0, share)))
    return Text(full * cells, style).append(empty * (across - cells), accent(DIM, look))


def terms_and_rest(terms: Sequence[Term], rest: tuple[int, float], most: int, width: int, look: Look) -> list[Text]:
    """At most so many lines of the largest terms; in the last one number and sum of what is left out, and of `rest`."""
    others, total = rest
    short = most < len(terms) + bool(others)
    shown = terms[: most - 1] if short or others else terms
    if most < 1 or not shown:
        return []
    lines, left = term_lines(shown, width, look), terms[len(shown) :]
    count, total = others + len(left), total + sum(factor * value for _, factor, value in left)
    if count:
        lines.append(Text(f"  {count:,} more: {amount(total)}", accent(DIM, look), no_wrap=True))
    return lines


def term_lines(terms: Sequence[Term], width: int, look: Look) -> list[Text]:
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
    room = width - name - max(map(len, products)) - 4
    across = next(cells for cells in BARS if cells <= max(0, room))
    lines = []
    for label, product, (_, factor, value) in zip(labels, products, terms, strict=True):
        line = Text(f"  {label:<{name}} ", no_wrap=True)
        if across:
            line.append_text(bar(factor * value, (-math.inf, math.inf), largest, look, across)).append(" ")
        lines.append(line.append(product))
    return lines
