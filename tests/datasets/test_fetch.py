"""Data that are fetched: from a server on loopback, checked, tried elsewhere, and never half there."""

from __future__ import annotations

import hashlib
import shutil
import threading
from functools import partial
from http.server import HTTPServer, SimpleHTTPRequestHandler

import pytest
from click.testing import CliRunner

from tui_nn.cli.data import command
from tui_nn.datasets import fetch as fetching
from tui_nn.datasets.fetch import REMOTES, Remote, cache_of, fetch, fetched, is_here
from tui_nn.errors import DataError
from tui_nn.experiment import load_experiment
from tui_nn.experiment.build import load_data

CONTENT = {"one.gz": b"1" * 3000, "two.gz": b"22"}


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv(fetching.HOME, str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def mirror(tmp_path):
    """mirror(name, content) -> the address of a folder that is served; mirror.asked is what was asked for."""
    asked = []

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            asked.append(self.path)

    root = tmp_path / "served"
    root.mkdir()
    server = HTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(root)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()

    def serve(name, content):
        (root / name).mkdir()
        for file, data in content.items():
            (root / name / file).write_bytes(data)
        return f"http://127.0.0.1:{server.server_port}/{name}/"

    serve.asked = asked
    yield serve
    server.shutdown()
    thread.join()
    server.server_close()


def remote(*mirrors):
    files = {name: (len(data), hashlib.sha256(data).hexdigest()) for name, data in CONTENT.items()}
    return Remote("tiny", "two files", mirrors, files)


def files_of(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_it_is_fetched_once(mirror):
    tiny, said = remote(mirror("good", CONTENT)), []
    assert not is_here(tiny)
    folder = fetch(tiny, said.append)
    assert is_here(tiny)
    assert files_of(folder) == CONTENT
    assert folder == cache_of(tiny)
    assert len(said) == len(mirror.asked) == 2
    fetch(tiny, said.append)
    assert len(mirror.asked) == 2, "it is here"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({}, "404"),
        ({"one.gz": b"x" * 3000}, "sha256"),
        ({"one.gz": b"1" * 2999}, "2999 bytes; expected 3000"),
        ({"one.gz": b"1" * 9000}, "more than 3000 bytes"),
    ],
)
def test_what_is_not_the_file_is_not_taken(mirror, content, says):
    bad = mirror("bad", content)
    with pytest.raises(DataError, match=says):
        fetch(remote(bad), print)
    assert files_of(cache_of(remote())) == {}
    assert files_of(fetch(remote(bad, mirror("good", CONTENT)), print)) == CONTENT, "the next mirror"


def test_without_a_network_it_says_which_mirrors_were_tried():
    with pytest.raises(DataError, match=r"could not be fetched\. http://127\.0\.0\.1:9/one\.gz: .*refused"):
        fetch(remote("http://127.0.0.1:9/"), print)


def test_a_break_keeps_what_is_whole_and_damage_is_fetched_again(mirror):
    half = mirror("half", {"one.gz": CONTENT["one.gz"]})
    with pytest.raises(DataError, match=r"two\.gz"):
        fetch(remote(half), print)
    folder = cache_of(remote())
    assert list(files_of(folder)) == ["one.gz"]
    good = mirror("good", CONTENT)
    (folder / "one.gz").write_bytes(b"0" * 3000)
    assert files_of(fetch(remote(good), print)) == CONTENT


def test_the_command(mirror, monkeypatch):
    monkeypatch.setitem(REMOTES, "tiny", remote())
    assert "`tui-nn data fetch tiny`" in CliRunner().invoke(command, ["list"]).output
    done = CliRunner().invoke(command, ["fetch", "tiny", "--mirror", mirror("good", CONTENT).rstrip("/")])
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[-1] == str(cache_of(remote()))
    assert "tiny: two files; fetched" in CliRunner().invoke(command, ["list"]).output
    wrong = CliRunner().invoke(command, ["fetch", "tin"])
    assert "Did you mean 'tiny'?" in str(wrong.exception)


def test_an_experiment_says_what_to_do_until_it_is_fetched(registry, reference, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    experiment = load_experiment("mnist-784-25-10")
    with pytest.raises(DataError, match="`tui-nn data fetch mnist`"):
        load_data(experiment, registry)
    with pytest.raises(DataError, match="not on this machine"):
        fetched("mnist")
    shutil.copytree(reference / "mnist", cache_of(REMOTES["mnist"]))
    assert load_data(experiment, registry).x.shape == (60000, 784)
    for name, (size, digest) in REMOTES["mnist"].files.items():
        content = (cache_of(REMOTES["mnist"]) / name).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (size, digest)
