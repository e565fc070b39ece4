"""Run a piece of work in a forked child with limits of time and memory, so that nothing it does stays behind."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable
from typing import Any

CPU = 12  # seconds of computing after which the child is ended: an emergency, budgets end the work long before
WALL = 60  # seconds after which it is ended whatever it does
MEMORY = 2 * 10**9  # bytes that it may take beyond what the process holds
FORKS = hasattr(os, "fork") and sys.platform.startswith("linux")


def apart(work: Callable[[], Any]) -> Any:
    """Return what work returns, sent as JSON; None where a limit strikes, or where it fails.

    Where there is no fork, the work is done in this process.
    """
    if not FORKS or threading.current_thread() is not threading.main_thread():
        try:
            return work()
        except Exception:
            return None
    receiver, sender = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on threads that the child does not have
        child = os.fork()
    if child == 0:
        os.close(receiver)
        in_child(work, sender)
    os.close(sender)
    return answer(child, receiver)


def in_child(work: Callable[[], Any], sender: int) -> None:
    """Do the work, send what came of it, and end without a word to anybody."""
    try:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number in (signal.SIGALRM, signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        silent = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silent, stream)
        limit()
        data = json.dumps(work()).encode()
        while data:
            data = data[os.write(sender, data) :]
    finally:
        os._exit(0)


def limit() -> None:
    """Limit the time and the memory of this process, and the threads that it starts."""
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    with open("/proc/self/statm", encoding="ascii") as file:
        taken = int(file.read().split()[0]) * resource.getpagesize()
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    wanted = taken + MEMORY if most == resource.RLIM_INFINITY else min(taken + MEMORY, most)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, most))
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.set_num_threads(1)


def answer(child: int, receiver: int) -> Any:
    """Return what a child has sent until it closed its end; None where it is late, or sent nothing whole."""
    data, end = b"", time.monotonic() + WALL
    try:
        while select.select([receiver], [], [], max(0.0, end - time.monotonic()))[0]:
            part = os.read(receiver, 65536)
            if not part:
                return json.loads(data) if data else None
            data += part
        return None
    except ValueError:
        return None
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(receiver)
