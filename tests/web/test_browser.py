"""The page in a browser: what is typed arrives, it trains, follows its window, and ends with its tab.

Skipped where there is no Chromium or Chrome; TUI_NN_BROWSER names one, and then it has to be there.
"""

from __future__ import annotations

import contextlib
import http.server
import os
import re
import shutil
import tempfile
import threading
import time
from pathlib import Path

import pytest
from serving import serving

from tui_nn.runs import RunReader

pytestmark = pytest.mark.slow
KNOWN = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ELSEWHERE = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
)
LONG = 60.0  # seconds, for a machine however busy
SEQUENCE = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]")


def executable():
    """The browser of this machine, or nothing."""
    named = os.environ.get("TUI_NN_BROWSER")
    if named:
        found = shutil.which(named)
        assert found, f"TUI_NN_BROWSER={named}: there is no such browser"
        return found
    return next(filter(None, map(shutil.which, KNOWN)), None) or next(filter(os.path.exists, ELSEWHERE), None)


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = executable()
    if path is None:
        pytest.skip("there is no Chromium or Chrome on this machine; TUI_NN_BROWSER names one")
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])  # root has no sandbox
        yield started
        started.close()


class Tab:
    """A page, all that was drawn on it as text, what it asked for, and what it complained about."""

    def __init__(self, context) -> None:
        self.page = context.new_page()
        self.drawn, self.asked, self.said = b"", [], []
        self.page.on("websocket", lambda socket: socket.on("framereceived", self._draw))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda line: self.said.append(line.text) if line.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: self.said.append(str(error)))

    def _draw(self, frame) -> None:
        self.drawn += frame if isinstance(frame, bytes) else b""

    def until(self, condition) -> None:
        """Wait for it, while the page goes on."""
        deadline = time.monotonic() + LONG
        while not condition():
            assert time.monotonic() < deadline, SEQUENCE.sub(b"", self.drawn)[-2000:]
            self.page.wait_for_timeout(50)

    def shows(self, *texts) -> None:
        """Wait until each has been drawn since the last time."""
        self.until(lambda: all(text.encode() in SEQUENCE.sub(b"", self.drawn) for text in texts))
        self.drawn = b""


@contextlib.contextmanager
def tab(browser, address, **options):
    with contextlib.closing(browser.new_context(viewport={"width": 1200, "height": 700}, **options)) as context:
        one = Tab(context)
        one.page.goto(address)
        yield one


def test_from_the_address_to_a_trained_net_by_the_keyboard_alone(browser, tmp_path):
    kept = tmp_path / "kept"
    with serving("--folder", kept, cwd=tmp_path) as serves:
        with tab(browser, serves.entrance) as one:
            one.shows("experiment", "loss", "train")
            assert one.page.url == f"{serves.url}/"  # the token has left the address
            assert one.page.evaluate("document.cookie") == ""
            one.page.keyboard.press("Space")
            one.shows("running")
            before = len(one.page.screenshot())
            assert before > 20_000  # a blank page has a few thousand bytes
            one.page.keyboard.type("x")
            one.shows("ended")
            one.page.set_viewport_size({"width": 700, "height": 420})
            one.drawn = b""
            one.shows("experiment")  # drawn anew in the smaller window
            one.page.set_viewport_size({"width": 400, "height": 200})
            one.shows("The workbench needs")
            assert one.said == []
            assert {url.split("/")[2] for url in one.asked} == {serves.url.partition("//")[2]}
        (run,) = kept.glob("*/runs/*")
        assert RunReader(run).state() == "finished"


def test_what_is_saved_comes_to_the_browser(browser, tmp_path):
    with serving("xor", cwd=tmp_path) as serves, tab(browser, serves.entrance) as one:
        one.shows("experiment", "train")
        one.page.keyboard.press("Space")
        one.shows("running")
        downloads = []
        one.page.on("download", lambda file: downloads.append(file))  # a page that is a file alone counts as this one
        one.page.keyboard.type("s")
        one.until(lambda: downloads)
        assert downloads[0].suggested_filename.endswith(".svg")
        assert Path(downloads[0].path()).read_text().startswith("<svg")


def test_a_page_that_ended_says_so_and_opens_again(browser, tmp_path):
    with serving("xor", cwd=tmp_path) as serves, tab(browser, serves.entrance) as one:
        one.shows("experiment", "train")
        one.page.keyboard.type("q")
        ended = one.page.get_by_text("The workbench has ended")
        ended.wait_for()
        one.drawn = b""
        one.page.get_by_text("Open it again").click()
        one.shows("experiment", "train")


def test_one_visitor_too_many_gets_a_plain_page(browser, tmp_path):
    with serving("xor", "--visitors", "1", cwd=tmp_path) as serves, tab(browser, serves.entrance) as one:
        one.shows("experiment")
        with tab(browser, serves.entrance) as other:
            other.page.get_by_text("All places are taken: 1 at once.").wait_for()
            assert other.asked[-1] == f"{serves.url}/"
        one.page.reload()
        one.drawn = b""
        one.shows("experiment")  # the same visitor, who left the place by loading the page again


FOREIGN = """<!DOCTYPE html><title>waits</title><script>
const socket = new WebSocket("ws://HERE/ws?width=80&height=24");
socket.onopen = () => { document.title = "opened"; };
socket.onerror = () => { document.title = "refused"; };
</script><iframe src="http://HERE/"></iframe><img src="http://HERE/static/images/background.png">"""


def test_a_foreign_page_opens_nothing_though_its_browser_is_let_in(browser, tmp_path):
    """Another server of this machine: the browser sends the cookies of one port to all, and its Origin tells."""
    with serving("xor", cwd=tmp_path) as serves:
        (tmp_path / "foreign").mkdir()
        (tmp_path / "foreign" / "index.html").write_text(FOREIGN.replace("HERE", serves.url.partition("//")[2]))
        with _another_server(tmp_path / "foreign") as foreign, tab(browser, serves.entrance) as one:
            one.shows("experiment")
            other = one.page.context.new_page()
            statuses = {}
            other.on("response", lambda response: statuses.setdefault(response.url, response.status))
            other.goto(foreign)
            other.wait_for_function("document.title != 'waits'")
            assert other.title() == "refused"
            assert "experiment" not in "".join(frame.content() for frame in other.frames if frame.url != foreign)
            (picture,) = [url for url in statuses if url.endswith("background.png")] or [""]
            assert other.evaluate("document.images[0].naturalWidth") == 0, picture


@contextlib.contextmanager
def _another_server(folder: Path):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *given, **more) -> None:
            super().__init__(*given, directory=str(folder), **more)

        def log_message(self, *_) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/index.html"
        server.shutdown()
        thread.join()


@pytest.mark.long
def test_openings_leave_no_process_and_no_folder(browser, tmp_path):
    openings = int(os.environ.get("TUI_NN_OPENINGS", "2"))
    short = tempfile.mkdtemp(prefix="n")  # a long one has no room for the socket of a run
    with serving("xor", cwd=tmp_path, TMPDIR=short) as serves:
        (temporary,) = Path(short).glob("tui-nn-serve-*")
        for at in range(openings):
            with tab(browser, serves.entrance) as one:
                if at % 3 != 1:  # and some that are closed before anything is drawn
                    one.shows("experiment", "train")
                if at % 3 == 0:
                    one.page.keyboard.press("Space")
                    one.shows("running")
        deadline = time.monotonic() + LONG
        while list(temporary.iterdir()) or _children(serves.process.pid):
            assert time.monotonic() < deadline, (list(temporary.iterdir()), _children(serves.process.pid))
            time.sleep(0.1)
        assert serves.ends() == 130
    Path(short).rmdir()  # it is empty


def _children(number):
    """The processes that one has started, as Linux lists them, and whatever speaks of its folder."""
    found = Path(f"/proc/{number}/task/{number}/children")
    return found.read_text().split() if found.exists() else []
