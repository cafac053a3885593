"""What may wait for a file, a socket or a process is done aside: the screen goes on."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from functools import partial
from typing import Any, ParamSpec, TypeVar

from tui_nn.tui import lookout

Given = ParamSpec("Given")
Result = TypeVar("Result")


async def aside(work: Callable[Given, Result], *given: Given.args, **named: Given.kwargs) -> Result:
    """What `work` returns or raises, called in a thread of its own, which does not keep the process from ending."""
    return await _begun(partial(work, *given, **named), 0.0)


async def soon(work: Callable[Given, Result], *given: Given.args, **named: Given.kwargs) -> Result:
    """The same of what usually takes no time: it is given a glance first.

    On a sound disk nothing is late then, and keys that were typed ahead find what they were meant for.
    """
    return await _begun(partial(work, *given, **named), lookout.GLANCE)


def _begun(work: Callable[[], Result], seconds: float) -> asyncio.Future[Result]:
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Result] = loop.create_future()
    outcome: list[tuple[Callable[[Any], None], Any]] = []

    def run() -> None:
        try:
            outcome.append((future.set_result, work()))
        except BaseException as error:
            outcome.append((future.set_exception, error))
        with contextlib.suppress(RuntimeError):  # the application has ended meanwhile
            loop.call_soon_threadsafe(tell)

    def tell() -> None:
        if outcome and not future.done():
            how, what = outcome[0]
            how(what)

    thread = threading.Thread(target=run, name="aside", daemon=True)
    thread.start()
    if seconds:
        thread.join(seconds)
        tell()
    return future
