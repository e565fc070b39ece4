"""Judge one function of somebody's code in a process of its own, fenced in by limits of time and memory.

The fence keeps honest mistakes from hanging or killing the run. It is no sandbox: the code runs with your rights.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import multiprocessing
import multiprocessing.connection
import os
import signal
import sys
import time
import traceback
import types
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .door import check
from .loading import adapt, load
from .messages import say
from .report import Diagnosis, Report
from .run import TimeUp, failure, time_limit
from .variants import book

START = 120  # seconds that Python, NumPy and PyTorch may take to load
PATIENCE = 15  # seconds after the time limit until a process that does not stop itself is ended
LINUX = sys.platform.startswith("linux")
MEMORY_LIMIT = LINUX  # the one system known to keep RLIMIT_AS


@dataclass(frozen=True)
class Job:
    """One function to judge: name, the exercise; symbol, what the file calls it.

    package: the folder that answers as `cs231n`.  file: where the code stands; title: what the reader calls the file.
    own: the exercise's companions by part, as the file names them.
    torch: whether the file needs PyTorch.  notebook: whether the file was made from a notebook's cells.
    """

    package: str
    file: str
    name: str
    own: dict[str, str]
    language: str
    seconds: float
    memory: float  # in GB, on top of what Python and its libraries take
    symbol: str = ""
    title: str = ""
    torch: bool = False
    notebook: bool = False
    mend: bool = True  # whether a change of the function's own lines is sought that makes it right

    def stopped(self, key: str, **fields) -> Report:
        """Return the report of a function that came to no end of its own."""
        return Report(self.name, "error", say(self.language, key, **fields))


# --- from outside ----------------------------------------------------------------------------------------------------


def preload(torch: bool) -> None:
    """Choose what the server that forks the processes loads first; without effect once it runs."""
    if not LINUX:
        return
    modules = [f"{__package__}.preload", *(["torch"] if torch else [])]
    multiprocessing.get_context("forkserver").set_forkserver_preload(modules)


class Process:
    """One job in a process of its own: started, listened to, ended."""

    def __init__(self, job: Job):
        context: Any = multiprocessing.get_context("forkserver" if LINUX else "spawn")
        self.job, self.imported = job, False
        self.report: Report | None = None
        self.receiver, sender = context.Pipe(duplex=False)
        self.process = context.Process(target=work, args=(job, sender), daemon=True)
        self.process.start()
        sender.close()
        self.deadline = time.monotonic() + START

    def listen(self) -> bool:
        """Take what the process sent; return whether there is a report, be it that the process is gone or late."""
        gone = not self.process.is_alive()
        self._receive()
        if self.report is None and gone:
            key, fields = ended(self.process.exitcode)
            self.report = self.job.stopped(key, **fields)
        if self.report is None and time.monotonic() > self.deadline:
            self.report = self.job.stopped("too_long", seconds=f"{self.job.seconds:g}")
        return self.report is not None

    def _receive(self) -> None:
        try:
            while self.report is None and not self.receiver.closed and self.receiver.poll():
                answer = json.loads(self.receiver.recv_bytes())
                self.deadline = time.monotonic() + self.job.seconds + PATIENCE
                self.imported |= answer == "imported"
                if isinstance(answer, dict):
                    self.report = read(answer, self.job)
        except (EOFError, OSError):
            self.receiver.close()  # the process is about to end, or has closed its end

    def end(self) -> None:
        """End the process and all that it started."""
        if hasattr(os, "killpg") and self.process.pid:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()
        self.process.join()
        self.receiver.close()


def wait(processes: Iterable[Process]) -> None:
    """Return as soon as one of the processes has sent something, has ended, or is late."""
    processes = list(processes)
    ends = [p.process.sentinel for p in processes]
    pipes = [p.receiver for p in processes if not p.receiver.closed]
    rest = min(p.deadline for p in processes) - time.monotonic()
    multiprocessing.connection.wait([*ends, *pipes], max(rest, 0) + 0.01)


def judge(job: Job) -> tuple[bool, Report]:
    """Return whether the file could be imported, and the report; nothing that the code does is raised here."""
    process = Process(job)
    try:
        while not process.listen():
            wait([process])
    finally:
        process.end()
    assert process.report is not None
    return process.imported, process.report


def ended(code: int | None) -> tuple[str, dict]:
    """Return the key and the fields of the sentence on a process that ended without a report."""
    if code is not None and code < 0:
        with contextlib.suppress(ValueError):
            return "signalled", {"signal": signal.Signals(-code).name}
    return "ended", {"code": code}


def read(answer: dict, job: Job) -> Report:
    """Return the report that a process sent; one that ran out of memory is told in plain words."""
    if "MemoryError" in answer["headline"]:
        return job.stopped("memory", size=f"{job.memory:g}")
    return Report(**{**answer, "diagnosis": [Diagnosis(**d) for d in answer["diagnosis"]]})


# --- inside the process ----------------------------------------------------------------------------------------------


def work(job: Job, sender) -> None:
    """Load what the checker needs, then the file, then judge; send word after each of the three."""

    def tell(what) -> None:
        sender.send_bytes(json.dumps(asdict(what) if isinstance(what, Report) else what, default=str).encode())

    stand_apart()
    one_thread(job.torch)
    book(job.name)
    one_thread(False)  # the exercise may have brought PyTorch
    tell("ready")
    limit_memory(job.memory)
    module = attempt(lambda: load(Path(job.package), Path(job.file), job.notebook), job)
    if isinstance(module, Report):
        return tell(module)
    tell("imported")
    return tell(judged(job, module))


def judged(job: Job, module: types.ModuleType) -> Report:
    """Return the report on the function, or on what came through all that the engine catches."""
    fn = getattr(module, (job.symbol or job.name).split(" ")[0].split(".")[0])
    try:
        own = {part: getattr(module, name) for part, name in job.own.items() if hasattr(module, name)}
        return check(job.name, adapt(fn), language=job.language, seconds=job.seconds, mend=job.mend, **own)
    except TimeUp:
        return job.stopped("too_long", seconds=f"{job.seconds:g}")
    except BaseException as error:
        found = failure(error, fn)
        report = job.stopped("stopped", error=found.error)
        report.lines += [say(job.language, "stopped_said", message=found.message)] if found.message else []
        report.lines += [say(job.language, "stopped_line", line=found.line, number=found.number)] if found.line else []
        return report


def attempt(run: Callable[[], types.ModuleType], job: Job) -> types.ModuleType | Report:
    """Return the imported module, or the report of what stopped the import."""
    try:
        with time_limit(job.seconds):
            return run()
    except TimeUp:
        return job.stopped("too_long", seconds=f"{job.seconds:g}")
    except BaseException as error:
        at = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.startswith((job.package, job.file))]
        line = f" ({Path(at[-1].filename).name}, line {at[-1].lineno})" if at and not job.notebook else ""
        return job.stopped("no_import", error=f"{type(error).__name__}: {error}{line}")


def stand_apart() -> None:
    """Lead a group of processes that can be ended as a whole; send what it prints nowhere, from C code as well."""
    if hasattr(os, "setsid"):
        os.setsid()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def one_thread(load_torch: bool) -> None:
    """Let PyTorch, where it is loaded, compute in one thread: a core belongs to each process."""
    if load_torch:
        importlib.import_module("torch")
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)


def limit_memory(gigabytes: float) -> None:
    """Let this process take only so much memory more than it holds now, where the system can see to it."""
    if not MEMORY_LIMIT:
        return
    import resource

    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + int(gigabytes * 2**30)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
