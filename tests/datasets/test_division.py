"""Parts drawn by class or by chance, kept together, kept in order, said by a column; and folds of all of these."""

from __future__ import annotations

import itertools

import msgspec
import numpy as np
import pytest

from tui_nn.datasets import Division, split
from tui_nn.engine.data import Dataset
from tui_nn.engine.random import stream
from tui_nn.errors import DataError, ExperimentError
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import build
from tui_nn.experiment.data import load_data
from tui_nn.experiment.division import division_of

LAYERS = "network.layers=[{kind='dense', units=1, activation='sigmoid'}]"


def data(samples=100, classes=3):
    random = stream(1, "division")
    x = np.column_stack([np.arange(samples), random.integers(0, 12, samples), random.normal(size=samples)])
    names = tuple("abc"[:classes])
    y = random.choice(classes, samples, p=[0.6, 0.3, 0.1][:classes]) if classes else random.normal(size=(samples, 1))
    return Dataset("made", x.astype(float), y, names, ("number", "group", "x"))


def parts(found):
    return [set() if part is None else set(part.rows.tolist()) for part in (found.train, found.validation, found.test)]


def divided(how, validation=0.2, test=0.1, seed=0, made=None):
    made = made or data()
    found = parts(split(made, validation, test, seed, how))
    if how.kind != "time" or not how.folds:  # there later rows wait for their fold
        assert set().union(*found) == set(range(len(made.x)))
    assert sum(map(len, found)) == len(set().union(*found)), "no row is in two parts"
    return found


def test_by_chance_the_shares_are_exact_and_the_seed_decides():
    train, validation, test = divided(Division("random"))
    assert (len(train), len(validation), len(test)) == (70, 20, 10)
    assert divided(Division("random"), seed=0) != divided(Division("random"), seed=1)


def test_groups_stay_together():
    made = data()
    found = divided(Division("groups", "group"), made=made)
    groups = [{made.x[row, 1] for row in rows} for rows in found]
    assert all(not one & other for one, other in itertools.combinations(groups, 2))
    assert [len(rows) for rows in found] == pytest.approx([70, 20, 10], abs=8)
    assert all(groups)


def test_one_large_group_leaves_something_to_train_on():
    made = data(20)
    made.x[:, 1] = np.arange(20) >= 1
    for seed in range(5):
        train, _, _ = divided(Division("groups", "group"), 0.5, 0, seed, made)
        assert train


def test_in_order_of_time_later_rows_validate_and_the_last_test():
    made = data()
    made.x[:, 0] = -made.x[:, 0]
    train, validation, test = divided(Division("time", "number"), made=made)
    assert (train, validation, test) == (set(range(30, 100)), set(range(10, 30)), set(range(10)))


@pytest.mark.parametrize(("validation", "expected"), [(None, (60, 40, 0)), (25, (60, 25, 15))])
def test_the_first_rows_train(validation, expected):
    found = divided(Division("first", samples=60, validation=validation))
    assert tuple(map(len, found)) == expected
    assert found[0] == set(range(60))
    with pytest.raises(DataError, match=r"'made' has 100 samples: too few for 101 that train\."):
        split(data(), 0.2, 0, 0, Division("first", samples=101))
    with pytest.raises(DataError, match=r"too few for 90 that train and 11 that validate\."):
        split(data(), 0.2, 0, 0, Division("first", samples=90, validation=11))


@pytest.mark.parametrize("kind", ["stratified", "random", "groups", "time"])
@pytest.mark.parametrize("test", [0.0, 0.2])
def test_each_row_validates_in_exactly_one_fold(kind, test):
    made, folds = data(), 5
    column = {"groups": "group", "time": "number"}.get(kind, "")
    found = [divided(Division(kind, column, fold=fold, folds=folds), test=test, made=made) for fold in range(1, 6)]
    asides = {frozenset(aside) for _, _, aside in found}
    assert len(asides) == 1, "the test part is the same in all"
    validated = [row for _, rows, _ in found for row in rows]
    assert len(validated) == len(set(validated))
    rest = set(range(100)) - set(next(iter(asides)))
    if kind == "time":
        assert all(max(train) < min(rows) for train, rows, _ in found)
        assert len(validated) == 5 * (len(rest) // 6)
        return
    assert set(validated) == rest
    sizes = [len(rows) for _, rows, _ in found]
    if kind != "groups":
        assert max(sizes) - min(sizes) <= 1


def test_folds_are_those_of_scikit_learn_where_nothing_is_drawn():
    """In order of time all of it; by groups, sizes that are as even."""
    selection = pytest.importorskip("sklearn.model_selection", reason="needs scikit-learn as an independent source")
    for samples in (100, 102, 23):
        theirs = selection.TimeSeriesSplit(5).split(np.arange(samples))
        for fold, (train, validation) in enumerate(theirs, start=1):
            ours = split(data(samples), 0, 0, 0, Division("time", "number", fold=fold, folds=5))
            assert ours.train.rows.tolist() == train.tolist()
            assert ours.validation.rows.tolist() == validation.tolist()
    made = data()
    groups = [len(rows) for _, rows in selection.GroupKFold(5).split(made.x, groups=made.x[:, 1])]
    ours = [
        len(split(made, 0, 0, 0, Division("groups", "group", fold=fold, folds=5)).validation) for fold in range(1, 6)
    ]
    assert sorted(ours) == sorted(groups)


def test_stratified_folds_have_their_share_of_every_class():
    made = data(200)
    counts = np.bincount(made.y)
    for fold in range(1, 5):
        found = split(made, 0, 0, 0, Division(fold=fold, folds=4))
        own = np.bincount(found.validation.y, minlength=3)
        assert np.abs(own - counts / 4).max() <= 1


def test_too_many_folds_are_refused():
    with pytest.raises(DataError, match=r"'made': 30 folds need at least 30 samples; it has 20\."):
        split(data(20), 0, 0, 0, Division(fold=1, folds=30))
    with pytest.raises(DataError, match=r"20 folds need at least 21 samples; it has 20\."):
        split(data(20), 0, 0, 0, Division("time", "number", fold=1, folds=20))
    with pytest.raises(DataError, match=r"13 folds need at least 13 groups; it has 12\."):
        split(data(200), 0, 0, 0, Division("groups", "group", fold=1, folds=13))


TABLE = "day,patient,part,x,label\n" + "".join(
    f"{30 - row:02d}.03.2024,p{row % 7},{('train', 'Validation', 'TEST')[row % 3]},{row},{'no' if row % 2 else 'yes'}\n"
    for row in range(30)
)


@pytest.fixture
def table(tmp_path):
    (tmp_path / "made.csv").write_text(TABLE)
    return tmp_path / "made.csv"


def built(table, registry, *overrides):
    shares = ("data.test=0.1", "data.validation=0.3", "data.ignore=['day', 'patient', 'part']")
    return build(load_experiment("xor", [f"data.source={table}", LAYERS, *shares, *overrides]), registry)


def test_columns_of_a_table_divide_it(table, registry):
    splits = built(table, registry, "data.split={kind='time', column='day'}", "data.scale=none").splits
    assert splits.test.x[:, 0].tolist() == [2, 1, 0], "the first rows have the last days"
    assert splits.validation.x[:, 0].tolist() == [11, 10, 9, 8, 7, 6, 5, 4, 3]
    splits = built(table, registry, "data.split={kind='column', column='part'}", "data.scale=none").splits
    assert splits.test.x[:, 0].tolist() == list(range(2, 30, 3))
    assert splits.validation.x[:, 0].tolist() == list(range(1, 30, 3))
    splits = built(table, registry, "data.split={kind='groups', column='patient'}", "data.scale=none").splits
    assert not set(splits.train.x[:, 0] % 7) & set(splits.validation.x[:, 0] % 7)


def test_the_column_that_divides_is_no_input(table, registry):
    experiment = load_experiment("xor", [f"data.source={table}", "data.split={kind='groups', column='patient'}",
                                         "data.ignore=['day', 'part']"])  # fmt: skip
    assert load_data(experiment, registry).features == ("x",)


@pytest.mark.parametrize(
    ("column", "row", "value", "how", "words"),
    [
        ("part", 3, "maybe", "{kind='column', column='part'}", ":5:3: found 'maybe'; expected train, validation or"),
        ("part", 3, "", "{kind='column', column='part'}", ":5:3: found nothing; expected train,"),
        ("patient", 0, "", "{kind='groups', column='patient'}", ":2:2: has no group."),
        ("day", 2, "soon", "{kind='time', column='day'}", ":4:1: 'soon' is no date and no number."),
        ("day", 2, "", "{kind='time', column='day'}", ":4:1: has no time."),
        ("day", 0, "29.03.2024", "{kind='time', column='days'}", "has no column 'days'. Did you mean 'day'?"),
    ],
)  # fmt: skip
def test_what_does_not_divide_is_named_with_its_place(table, registry, column, row, value, how, words):
    lines = [line.split(",") for line in TABLE.splitlines()]
    lines[row + 1][lines[0].index(column)] = value
    table.write_text("\n".join(map(",".join, lines)) + "\n")
    with pytest.raises(DataError) as found:
        built(table, registry, f"data.split={how}")
    assert words in str(found.value)


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("data.split=stratifed", "data.split: found 'stratifed'. Did you mean 'stratified'?"),
        ("data.split={kind='group', column='a'}", "data.split.kind: found 'group'. Did you mean 'groups'?"),
        ("data.split={kind='groups'}", "data.split.column: 'groups' needs one: { kind = \"groups\", column ="),
        ("data.split=first", "data.split.samples: 'first' needs one: { kind = \"first\", samples = 4000 }."),
        ("data.split={kind='time', colum='a'}", "data.split.colum: unknown option. Did you mean 'column'?"),
        ("data.split={kind='random', column='a'}", "data.split.column: unknown option. 'random' has no options."),
        ("data.split={kind='first', samples=0}", "data.split.samples: found 0; expected a number of samples, from 1."),
        ("data.split={kind='time', column=3}", "data.split.column: found 3; expected a column by its name."),
        ("data.fold=11/10", "data.fold: found '11/10'; expected such as \"3/10\", the third of ten."),
        ("data.fold=1/1", "data.fold: found '1/1'; expected such as"),
        ("data.fold=two", "data.fold: found 'two'; expected such as"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_keys_is_named(setting, words):
    with pytest.raises(ExperimentError) as found:
        load_experiment("iris", [setting])
    assert words in str(found.value)


def test_a_column_that_says_the_parts_has_no_folds():
    with pytest.raises(ExperimentError, match=r"data\.fold: 'column' says which samples validate, and has no folds"):
        load_experiment("iris", ["data.split={kind='column', column='part'}", "data.fold=1/3"])


def test_what_is_said_survives_a_run_file(tmp_path):
    from tui_nn.experiment import dump_experiment

    experiment = load_experiment("iris", ["data.split={kind='time', column='day'}", "data.fold=2/3"])
    (tmp_path / "again.toml").write_text(dump_experiment(experiment))
    again = load_experiment(str(tmp_path / "again.toml"))
    assert division_of(again.data) == division_of(experiment.data) == Division("time", "day", fold=2, folds=3)
    plain = dump_experiment(msgspec.structs.replace(experiment, data=type(experiment.data)()))
    assert "split" not in plain, "experiments of before are written as before"
