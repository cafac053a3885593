"""Data that are fetched: from a server on loopback, checked, tried elsewhere, and never half there."""

from __future__ import annotations

import hashlib
import io
import shutil
import tarfile
import threading
from dataclasses import replace
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer, SimpleHTTPRequestHandler
from typing import ClassVar

import pytest
from click.testing import CliRunner

from tui_nn.cli.data import command
from tui_nn.datasets import fetch as fetching
from tui_nn.datasets.fetch import cache_of, fetch, fetched, is_here
from tui_nn.datasets.remotes import REMOTES, Remote
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


class Cutting(BaseHTTPRequestHandler):
    """Serves `content`, and closes the connection after `most` bytes; `ranges`: whether it gives the rest alone."""

    content, most, ranges = b"", 1000, True
    asked: ClassVar[list[str]] = []

    def do_GET(self):
        wanted = self.headers.get("Range")
        self.asked.append(wanted or "all")
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and self.ranges else 0
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(self.content) - 1}/{len(self.content)}")
        self.send_header("Content-Length", str(len(self.content) - start))
        self.end_headers()
        self.wfile.write(self.content[start : start + self.most])

    def log_message(self, *_):
        pass


@pytest.fixture
def cutting():
    """cutting(**of the handler) -> the address of such a server, and what is asked of it."""
    running = []

    def serve(**how):
        handler = type("Handler", (Cutting,), {"asked": [], **how})
        server = HTTPServer(("127.0.0.1", 0), handler)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        running.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}/", handler.asked

    yield serve
    for server, thread in running:
        server.shutdown()
        thread.join()
        server.server_close()


def single(content, *mirrors):
    return Remote("one", "a file", mirrors, {"one.gz": (len(content), hashlib.sha256(content).hexdigest())})


BYTES = bytes(range(256)) * 10


def test_what_was_cut_off_is_gone_on_with(cutting):
    address, asked = cutting(content=BYTES)
    seen = []
    folder = fetch(single(BYTES, address), print, progress=lambda done, size: seen.append((done, size)))
    assert files_of(folder) == {"one.gz": BYTES}
    assert asked == ["all", "bytes=1000-", "bytes=2000-"]
    assert seen[-1] == (2560, 2560)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_the_next_mirror_goes_on_and_so_does_the_next_call(cutting):
    first, _ = cutting(content=BYTES, ranges=False)
    with pytest.raises(DataError, match="cut off after 1000 of 2560 bytes"):
        fetch(single(BYTES, first), print)
    assert files_of(cache_of(single(BYTES))) == {".one.gz.part": BYTES[:1000]}
    second, asked = cutting(content=BYTES, most=5000)
    assert files_of(fetch(single(BYTES, second), print)) == {"one.gz": BYTES}
    assert asked == ["bytes=1000-"]


def test_a_beginning_of_something_else_costs_one_more_fetch(cutting):
    folder = cache_of(single(BYTES))
    folder.mkdir(parents=True)
    (folder / ".one.gz.part").write_bytes(b"x" * 1000)
    address, asked = cutting(content=BYTES, most=5000)
    assert files_of(fetch(single(BYTES, address), print)) == {"one.gz": BYTES}
    assert asked == ["bytes=1000-", "all"]


def test_another_file_of_the_same_size_is_refused_and_leaves_nothing(cutting):
    address, asked = cutting(content=b"?" * len(BYTES), most=5000)
    with pytest.raises(DataError, match="not the expected file: its sha256 differs"):
        fetch(single(BYTES, address), print)
    assert (files_of(cache_of(single(BYTES))), asked) == ({}, ["all"])


def test_members_are_taken_out_of_an_archive_by_their_names(cutting):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, content in (("in/a.bin", b"aa"), ("../../b.bin", b"b"), ("in/readme", b"no")):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
        link = tarfile.TarInfo("in/c.bin")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    content = packed.getvalue()
    address, asked = cutting(content=content, most=5000)
    tarred = replace(single(content, address), members=("a.bin", "b.bin"))
    folder = fetch(tarred, print)
    assert files_of(folder) == {"a.bin": b"aa", "b.bin": b"b"}
    assert is_here(tarred)
    fetch(tarred, print)
    assert len(asked) == 1
    with pytest.raises(DataError, match=r"its archives lack a file of c\.bin"):
        fetch(replace(tarred, name="two", members=("c.bin",)), print)
    assert not (cache_of(replace(tarred, name="two")) / "c.bin").exists()


def test_every_set_says_what_its_files_are():
    assert list(REMOTES) == ["mnist", "fashion-mnist", "cifar10"]
    for one in REMOTES.values():
        assert all(mirror.endswith("/") for mirror in one.mirrors)
        assert all(size > 0 and len(bytes.fromhex(digest)) == 32 for size, digest in one.files.values())


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
