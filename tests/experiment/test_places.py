"""Where a key stands in its file, and that errors say so."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_nn.errors import ExperimentError
from tui_nn.experiment import Experiment, dump_experiment, example_names, example_text, load_experiment
from tui_nn.experiment.build import build
from tui_nn.experiment.places import located, nearest, places
from tui_nn.experiment.schema import DataSection

TEXT = '''# a comment with [brackets]
name = "a # no comment, [no table]"
[data]
  source = { kind = "spiral", "noise" = 0.1 }
[network]
layers = [
  { kind = "dense", units = 25 },  # one
  { kind = "dense", activation = { kind = "elu" } },
]
[training]
note = """
[no.table]
"""
optimizer.rate = 3
[require]
"accuracy@validation" = ">= 0.9"
[[k]]
a = 1
[[k]]
a = 2
[k.z]
b = 1
'''


def test_every_kind_of_key():
    found = places(TEXT)
    assert tomllib.loads(TEXT)
    assert found["name"] == (2, 1)
    assert found["data"] == (3, 2)
    assert found["data.source"] == (4, 3)
    assert found["data.source.noise"] == (4, 31)
    assert found["network.layers[0].units"] == (7, 21)
    assert found["network.layers[1].activation.kind"] == (8, 36)
    assert found["training.optimizer.rate"] == (14, 1)
    assert found["require.accuracy@validation"] == (16, 1)
    assert (found["k[0].a"], found["k[1].a"], found["k[1].z.b"]) == ((18, 1), (20, 1), (22, 1))
    assert not any("table" in key for key in found)


def test_what_is_not_written_is_where_it_would_be():
    found = places(TEXT)
    assert nearest(found, "network.layers[1].units") == (8, 3)
    assert nearest(found, "training.epochs") == (10, 2)
    assert nearest(found, "nowhere.at[3].all") is None


def keys_of(tree, prefix=""):
    """The keys of a decoded tree, as the standard library's reader sees it."""
    if isinstance(tree, dict):
        for name, value in tree.items():
            key = f"{prefix}.{name}" if prefix else name
            yield key
            yield from keys_of(value, key)
    elif isinstance(tree, list):
        for index, value in enumerate(tree):
            yield f"{prefix}[{index}]"
            yield from keys_of(value, f"{prefix}[{index}]")


@pytest.mark.parametrize("name", [name for name, _ in example_names()])
def test_finds_exactly_the_keys_of_the_examples(name):
    text = example_text(name)
    assert set(places(text)) == set(keys_of(tomllib.loads(text)))


@pytest.mark.slow
@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.text(), st.dictionaries(st.text(), st.text(), max_size=3))
def test_finds_exactly_the_keys_of_any_experiment(text, table):
    written = dump_experiment(Experiment(text, DataSection({"kind": text}, text), require=table))
    assert set(places(written)) == set(keys_of(tomllib.loads(written)))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[data\n", r"e\.toml:1:6: not valid TOML: .*declaration\.$"),
        ("x = [", r"e\.toml:1:6: not valid TOML: .*the file ends here"),
        ("[training]\n\n  epoch = 3\n", r"e\.toml:3:3, training\.epoch: unknown key"),
        ("[training]\nepochs = -1\n", r"e\.toml:2:1, training\.epochs: found -1"),
        ("training = { epochs = 1, batch = 0 }\n", r"e\.toml:1:26, training\.batch: found 0"),
        ("[data]\ntest = 0.9\n", r"e\.toml:2:1, data\.test: found 0\.9; expected less than 1 together"),
        ("[require]\naccuracy = 0.9\n", r"e\.toml:2:1, require\.accuracy: found 0\.9; expected text"),
        ("[network]\nlayers = [\n  { kind = 'dense', units = 3, activation = 'thanh' },\n]\n",
         r"e\.toml:3:32, network\.layers\[0\]\.activation: unknown activation 'thanh'. Did you mean 'tanh'"),
        ("[network]\nlayers = [\n  { kind = 'dense', units = 9, activation = 'sigmoid' },\n]\n",
         r"e\.toml:3:21, network\.layers\[0\]\.units: found 9; the data has 10 classes"),
    ],
)  # fmt: skip
def test_errors_name_line_and_column(tmp_path, registry, text, message):
    path = tmp_path / "e.toml"
    path.write_text(text)
    with pytest.raises(ExperimentError, match=message) as error, located(str(path)):
        build(load_experiment(str(path)), registry)
    finding = error.value.findings[0]
    assert finding.file == str(path)
    assert (finding.line, finding.column) == (error.value.line, error.value.column) != (0, 0)


def test_the_file_is_not_to_blame_for_an_override(tmp_path):
    path = tmp_path / "e.toml"
    path.write_text("[training]\nepochs = 3\n")
    with pytest.raises(ExperimentError) as error:
        load_experiment(str(path), ["training.epochs=-1"])
    assert str(error.value) == "e.toml, training.epochs: found -1; expected 0 or more."
