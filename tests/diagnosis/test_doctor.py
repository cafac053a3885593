"""The command `doctor`, the view `verdict`, and that the document says what the code does."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from recording import train

from tui_nn.cli.doctor import command
from tui_nn.diagnosis import RULES
from tui_nn.diagnosis.case import ENOUGH_STEPS, SUITABLE
from tui_nn.render import Look
from tui_nn.runs import open_run
from tui_nn.views import Knobs, Missing, Subject, find


@pytest.fixture(scope="module")
def ill(tmp_path_factory, registry):
    return train(tmp_path_factory.mktemp("runs") / "ill", registry, "wine", "data.scale=none")


@pytest.fixture(scope="module")
def well(tmp_path_factory, registry):
    return train(tmp_path_factory.mktemp("runs") / "well", registry, "iris")


def doctor(*arguments):
    done = CliRunner().invoke(command, [str(argument) for argument in arguments])
    return done.exit_code, done.output


def test_it_says_what_and_why_and_what_next(ill):
    code, text = doctor(ill)
    assert code == 0
    assert '"proline" has a root mean square of' in text
    for part in (
        "should",
        "LeCun et al. (1998)",
        "why",
        "next    scale every input column",
        "set     data.scale=standard",
    ):
        assert part in text
    assert text.endswith(f"try: tui-nn train {ill}/experiment.toml --set data.scale=standard\n")
    assert "\x1b" not in text


def test_strict_and_json(ill, well):
    assert doctor(ill, "--strict")[0] == 5
    assert doctor(well, "--strict") == (0, f"√ No problem found: {len(RULES)} rules checked epoch 60.\n")
    found = json.loads(doctor(ill, "--json")[1])["verdicts"]
    assert [one["name"] for one in found] == ["unscaled_inputs"]
    assert found[0]["number"] > found[0]["threshold"] == 10
    assert json.loads(doctor(well, "--json")[1])["verdicts"] == []


def test_the_view_keeps_to_its_box(ill, well):
    view = find("verdict")
    for run in (ill, well):
        subject = Subject(open_run(run))
        for width, height in ((30, 2), (60, 5), (80, 20), (20, 1)):
            lines = view.draw(subject, Knobs(), (width, height), Look("none", ascii=True)).plain.split("\n")
            assert len(lines) <= height
            assert max(map(len, lines)) <= width
            assert all(line.isascii() for line in lines)
    numbers = view.numbers(Subject(open_run(ill)), Knobs())
    assert numbers["remedy"] == [("data.scale=standard",)]
    assert numbers["advice"] == ["scale every input column to mean 0 and deviation 1"]


def test_rules_are_documented_as_they_are():
    text = (Path(__file__).parents[2] / "docs" / "doctor.md").read_text("utf-8")
    table = [line for line in text.splitlines() if line.startswith("| `")]
    assert table == [f"| `{rule.name}`: {rule.title} | {rule.limit} | {rule.source} |" for rule in RULES]
    listed = doctor("any", "--rules")[1]
    assert all(rule.name in listed and rule.source in listed for rule in RULES)


def test_the_numbers_of_the_document_are_those_of_the_code():
    text = (Path(__file__).parents[2] / "docs" / "doctor.md").read_text("utf-8")
    for words in (f"wait for {ENOUGH_STEPS} steps", f"moves the weights by {100 * SUITABLE:g} %", "R2 of 0.5"):
        assert words in text.replace("\n", " ")


def test_the_effect_of_a_mutation_is_seen():
    """A threshold that is changed in the code changes the words, and so the table of the document."""
    for rule in RULES:
        if rule.threshold:
            assert replace(rule, threshold=1.5 * rule.threshold).limit != rule.limit, rule.name


def test_a_run_without_its_experiment_is_no_crash(ill, tmp_path):
    (tmp_path / "events.jsonl").write_bytes((ill / "events.jsonl").read_bytes())
    with pytest.raises(Missing, match=r"experiment.toml: No such file"):
        find("verdict").draw(Subject(open_run(tmp_path)), Knobs(), (80, 24), Look())


def test_nothing_is_wrong_is_not_said_of_what_has_not_been_trained(tmp_path, registry):
    drawn = doctor(train(tmp_path / "drawn", registry, "digits", "training.epochs=0"))[1]
    assert (
        drawn == "√ 0 epochs: nothing has been learned yet. No problem found in the data and the untrained network.\n"
    )
    by_hand = doctor(train(tmp_path / "by hand", registry, "xnor-by-hand"))[1]
    assert "0 epochs" in by_hand
    assert "The weights were set by hand: layer 1: 100 % of the\n  outputs are saturated." in by_hand
    ill = doctor(train(tmp_path / "ill", registry, "digits", "training.epochs=0", "network.initializer=zeros"))[1]
    assert "symmetric start" in ill


def test_of_an_untrained_network_the_rules_that_judge_it_are_named(tmp_path, registry):
    run = train(tmp_path / "run", registry, "digits", "training.epochs=0")
    drawn = find("verdict").draw(Subject(open_run(run)), Knobs(), (80, 24), Look()).plain
    assert all(title in drawn for title in ("unscaled inputs", "symmetric start", "dead units"))
    assert not any(title in drawn for title in ("overfitting", "loss at chance", "learning rate"))


def test_nothing_is_wrong_is_not_said_beside_saturated_units(tmp_path, registry):
    words = ("network.initializer={kind='normal', sigma=3.0}", "training.epochs=20")
    run = train(tmp_path / "run", registry, "digits", *words)
    said = doctor(run)[1]
    said = " ".join(said.split())
    none = f"√ None of {len(RULES)} rules objects"
    assert re.fullmatch(rf"{none} to epoch 20, though layer 1: \d\d % of the outputs are saturated\.", said), said


def test_a_network_that_answers_half_of_xnor_wrongly_is_not_said_to_have_learned(tmp_path, registry):
    run = train(tmp_path / "run", registry, "xor", "data.source=xnor", "network.layers[0].units=2")
    assert open_run(run).history.newest["train"]["accuracy"] == 0.5
    said = doctor(run)[1]
    assert "saturated" in said
    assert "learned" not in said
