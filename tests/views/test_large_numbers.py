"""Prices of houses in every view: no power of ten, no zero with a sign, and numbers below each other are aligned."""

from __future__ import annotations

import re

import numpy as np
import pytest
from asking import settled, subject_of
from recording import train

from tui_nn.plugin.knobs import Knobs
from tui_nn.plugin.view import Missing
from tui_nn.render import Look
from tui_nn.render.amount import aligned, amount, signed, within
from tui_nn.views import views_of

BOXES = ((39, 16), (76, 20), (116, 34), (196, 54))
POWER = re.compile(r"\d[eE]\+?\d")
SIGNED_ZERO = re.compile(r"(?<![\w.])[-−]0?\.?0*(?![\d.:eE/])(?<=[0])")


@pytest.fixture(scope="module")
def houses(registry, tmp_path_factory):
    """Runs on 120 houses of 100,000 to 2,000,000: their price foretold, and their kind by it, scaled and as it is."""
    folder, draw = tmp_path_factory.mktemp("houses"), np.random.default_rng(1)
    area, price = draw.uniform(40, 400, 120), np.geomspace(100_000, 2_000_000, 120).round()
    kind = np.where(price + draw.normal(0, 300_000, 120) > 700_000, "villa", "flat")
    lines = [f"{a:.1f},{p:.0f},{k}" for a, p, k in zip(area, price, kind, strict=True)]
    (folder / "houses.csv").write_text("\n".join(["area,price,kind", *lines]))
    found = []
    for name, target, last in (
        ("price", "price", "units=1,activation='identity'"),
        ("kind", "kind", "units=2,activation='identity'"),
        ("raw", "kind", "units=2,activation='identity'"),
    ):
        layers = f"[{{kind='dense',units=3,activation='tanh'}},{{kind='dense',{last}}}]"
        (folder / f"{name}.toml").write_text(
            f'[data]\nsource = "houses.csv"\ntarget = "{target}"\nscale = "{"none" if name == "raw" else "standard"}"\n'
            f"[network]\nlayers = {layers}\n[training]\nepochs = 2\n"
            f"loss = '{'mean_squared_error' if target == 'price' else 'softmax_cross_entropy'}'\n"
        )
        found.append(subject_of(train(folder / name, registry, str(folder / f"{name}.toml")), registry))
    return found


def drawn(view, subject, box):
    """Each picture of the view, with the cursor where it begins and a few places further, and what is said of these."""
    readings = range(len(view.readings(subject)) if callable(view.readings) else 1)
    for reading in readings:
        at = None
        for step in range(4):
            knobs = Knobs(reading=reading, at=at)
            try:
                found = settled(subject, lambda knobs=knobs: view.drawing(subject, knobs, box, Look("none")))
            except Missing:
                break
            yield found.text.plain
            if view.cursor is None:
                break
            try:
                at = view.moved(subject, knobs, "right" if step % 2 else "down", found)
                yield settled(
                    subject, lambda reading=reading, at=at: view.here(subject, Knobs(reading=reading, at=at)).says
                )
            except Missing:
                break


@pytest.mark.parametrize("view", views_of(), ids=lambda view: view.name)
def test_a_price_is_no_power_of_ten_and_a_zero_has_no_sign(houses, view):
    for number, subject in enumerate(houses):
        if view.suits(subject):
            continue
        for box in BOXES:
            for text in drawn(view, subject, box):
                assert not POWER.search(text), (number, box, text)
                assert not SIGNED_ZERO.search(text), (number, box, text)


@pytest.mark.parametrize(
    ("value", "says"), [(182_347.4, "182347"), (-0.0, "0"), (0.5, "0.5"), (2e6, "2000000"), (1e12, "1e+12")]
)
def test_an_amount_has_all_digits_before_the_point(value, says):
    assert amount(value) == says
    assert signed(value, 4).lstrip("+") == says


def test_what_stands_below_each_other_has_as_many_decimals():
    assert aligned([5.127, 3.46, 0.2333]) == ["5.127", "3.460", "0.233"]
    assert aligned([4.0, 2.5, -0.0]) == ["4.0", "2.5", "0.0"]
    assert aligned([182_347.2, 95.5]) == ["182347", "96"]
    assert aligned([0.25, float("nan")]) == ["0.25", "nan"]
    assert aligned([5.4, -0.004], 3, "+") == ["+5.40", "0.00"]


@pytest.mark.parametrize(
    ("value", "width", "says"),
    [(182_347, 7, "182347"), (182_347, 5, "182k"), (1_823_470, 5, "1.82M"), (999_960, 5, "1.00M"), (-0.001, 5, "0.00"),
     (12.345, 4, "12.3"), (-123_456, 5, "-123k"), (2e13, 5, "2e13")],
)  # fmt: skip
def test_a_narrow_cell_has_thousands(value, width, says):
    assert within(value, width, 2) == says
