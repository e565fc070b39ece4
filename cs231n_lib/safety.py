"""Nothing is lost: a file is written whole or not at all, and Ctrl-C waits until a step is done."""

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from typing import BinaryIO


@contextlib.contextmanager
def written_whole(path: str | os.PathLike) -> Iterator[BinaryIO]:
    """Open a neighbour of `path` for writing; at the end it takes the name, so that `path` is never half a file."""
    neighbour = f"{path}.{os.getpid()}.tmp"
    try:
        with open(neighbour, "wb") as file:
            yield file
        os.replace(neighbour, path)
    finally:
        with contextlib.suppress(FileNotFoundError):  # its usual fate: it has been renamed
            os.unlink(neighbour)


@contextlib.contextmanager
def interrupt_held() -> Iterator[Callable[[], None]]:
    """Hold Ctrl-C back; yield a function that lets it through, to call where nothing is half done.

    A second Ctrl-C is not held back. In other threads than the main one, which get no Ctrl-C, nothing is changed.
    """
    pressed: list[int] = []

    def hold(number, frame):
        if pressed:
            raise KeyboardInterrupt
        pressed.append(number)

    def release():
        if pressed:
            raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield release
        return
    before = signal.signal(signal.SIGINT, hold)
    try:
        yield release
    finally:
        signal.signal(signal.SIGINT, before)
