"""Judge one function of somebody's folder in a process of its own, fenced in by limits of time and memory.

The fence keeps honest mistakes from hanging or killing the run. It is no sandbox: the code runs with your rights.
"""

from __future__ import annotations

import functools
import importlib
import importlib.machinery
import importlib.util
import inspect
import json
import multiprocessing
import os
import sys
import traceback
import types
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from .judge import check
from .messages import say
from .report import Diagnosis, Report
from .run import TimeUp, time_limit
from .stand_ins import StandIns
from .variants import book

START = 120  # seconds that Python, NumPy and PyTorch may take to load
PATIENCE = 15  # seconds after the time limit until a process that does not stop itself is ended
MEMORY_LIMIT = sys.platform.startswith("linux")  # the one system known to keep RLIMIT_AS


@dataclass(frozen=True)
class Job:
    """One function to judge: name, the exercise; own, its companions by part, as the file names them."""

    package: str
    file: str
    name: str
    own: dict[str, str]
    language: str
    seconds: float
    memory: float  # in GB, on top of what Python and its libraries take

    @property
    def path(self) -> Path:
        """Return where the file stands."""
        return Path(self.package, self.file)

    def stopped(self, key: str, **fields) -> Report:
        """Return the report of a function that came to no end of its own."""
        return Report(self.name, "error", say(self.language, key, **fields))


def judge(job: Job) -> tuple[bool, Report]:
    """Return whether the file could be imported, and the report; nothing that the code does is raised here."""
    spawn = multiprocessing.get_context("spawn")
    receiver, sender = spawn.Pipe(duplex=False)
    process = spawn.Process(target=work, args=(job, sender), daemon=True)
    process.start()
    sender.close()
    imported = False
    try:
        for limit in (START, job.seconds + PATIENCE, job.seconds + PATIENCE):
            if not receiver.poll(limit):
                return imported, job.stopped("too_long", seconds=f"{job.seconds:g}")
            answer = json.loads(receiver.recv_bytes())
            if isinstance(answer, dict):
                return imported, read(answer, job)
            imported = answer == "imported"
    except (EOFError, OSError):
        process.join(PATIENCE)
        return imported, job.stopped("ended", code=process.exitcode)
    finally:
        process.kill()
        process.join()
        receiver.close()
    return imported, job.stopped("ended", code=process.exitcode)


def read(answer: dict, job: Job) -> Report:
    """Return the report that a process sent; one that ran out of memory is told in plain words."""
    if "MemoryError" in answer["headline"]:
        return job.stopped("memory", size=f"{job.memory:g}")
    return Report(**{**answer, "diagnosis": [Diagnosis(**d) for d in answer["diagnosis"]]})


def work(job: Job, sender) -> None:
    """In the process: load what the checker needs, then the file, then judge; send word after each of the three."""

    def tell(what) -> None:
        sender.send_bytes(json.dumps(asdict(what) if isinstance(what, Report) else what).encode())

    silence()
    book(job.name)
    if b"torch" in job.path.read_bytes():
        importlib.import_module("torch").set_num_threads(1)
    tell("ready")
    limit_memory(job.memory)
    module = attempt(lambda: load(Path(job.package), job.file), job)
    if isinstance(module, Report):
        return tell(module)
    tell("imported")
    own = {part: getattr(module, name) for part, name in job.own.items()}
    fn = getattr(module, job.name.split(" ")[0].split(".")[0])
    return tell(check(job.name, adapt(fn), language=job.language, seconds=job.seconds, **own))


def attempt(run: Callable[[], types.ModuleType], job: Job) -> types.ModuleType | Report:
    """Return the imported module, or the report of what stopped the import."""
    try:
        with time_limit(job.seconds):
            return run()
    except TimeUp:
        return job.stopped("too_long", seconds=f"{job.seconds:g}")
    except (Exception, SystemExit) as error:
        at = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.startswith(job.package)]
        line = f" ({Path(at[-1].filename).name}, line {at[-1].lineno})" if at else ""
        return job.stopped("no_import", error=f"{type(error).__name__}: {error}{line}")


def silence() -> None:
    """Send what this process prints nowhere, from C code as well."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def limit_memory(gigabytes: float) -> None:
    """Let this process take only so much memory more than it holds now, where the system can see to it."""
    if not MEMORY_LIMIT:
        return
    import resource

    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + int(gigabytes * 2**30)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def load(package: Path, file: str) -> types.ModuleType:
    """Import a file of the folder `package` as a module of `cs231n`, whatever the folder is called.

    The packages' own `__init__` files are passed over: they import every file, the broken ones as well.
    """
    sys.dont_write_bytecode = True  # leave the folder as it is
    sys.path.insert(0, str(package.parent))
    sys.meta_path.append(StandIns())
    top = make_package("cs231n", package)
    for name in ("classifiers", "simclr"):
        setattr(top, name, make_package(f"cs231n.{name}", package / name))
    return importlib.import_module("cs231n." + ".".join(Path(file).with_suffix("").parts))


def make_package(name: str, folder: Path) -> types.ModuleType:
    """Return an empty package whose modules lie in a folder."""
    spec = importlib.machinery.ModuleSpec(name, None, is_package=True)
    spec.submodule_search_locations = [str(folder)]
    sys.modules[name] = importlib.util.module_from_spec(spec)
    return sys.modules[name]


def adapt(given):
    """Return a function or class of any edition as the exercises call it: on the CPU, with `dropout_keep_ratio`."""
    if isinstance(given, types.FunctionType) and given.__defaults__:
        given.__defaults__ = tuple("cpu" if value == "cuda" else value for value in given.__defaults__)
    if isinstance(given, type):
        names = inspect.signature(given.__init__).parameters
        if "dropout" in names and "hidden_dims" in names:
            return renamed(given)
    return given


def renamed(cls: type) -> type:
    """Return a class of 2018 to 2020, which called it `dropout`, that takes `dropout_keep_ratio`."""

    @functools.wraps(cls.__init__)  # type: ignore[misc]
    def init(self, *args, dropout_keep_ratio=1, **settings):
        cls.__init__(self, *args, dropout=dropout_keep_ratio, **settings)

    return type(cls.__name__, (cls,), {"__init__": init})
