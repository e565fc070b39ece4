"""Play one case with somebody's function: fenced in, watched, and written down."""

from __future__ import annotations

import contextlib
import copy
import inspect
import io
import linecache
import signal
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .model import Case, Exercise

NO_NUMBERS = "no numbers"


class Blank(Exception):
    """The function returned nothing yet."""


class WrongForm(Exception):
    """The function returned something of the wrong kind; args are a message key and its fields."""


class TimeUp(BaseException):
    """The time limit is over. Not an Exception, so that `except Exception` in the learner's code lets it through."""


class Subject:
    """A function under test that checks the form of each value it returns; `new` makes its class."""

    def __init__(self, fn, owner, returns: tuple[str, ...], companions: dict[str, Any]):
        self.fn, self.owner, self.returns, self.companions = fn, owner, returns, companions
        self.answers = 0  # how many calls returned anything at all
        self.last: tuple[tuple, dict] | None = None  # what its last call was given
        self.unmade = ""  # why its class was not made as the exercise makes it
        self.gaps = 0  # how many returned nothing after others had: a part that is not begun

    def __call__(self, *args, **kwargs):
        self.last = args, kwargs
        try:
            result = conform(self.fn(*args, **kwargs), self.returns)
        except Blank:
            if not self.answers:
                raise
            self.gaps += 1
            return None if len(self.returns) == 1 else (None,) * len(self.returns)
        self.answers += 1
        return result

    def raw(self, *args, **kwargs):
        """Call the function; what it returns is not looked at, but None, alone, is a blank."""
        result = self.fn(*args, **kwargs)
        if result is None or result is Ellipsis:
            raise Blank
        self.answers += 1
        return result

    def new(self, init: dict[str, Any] | None = None, **attributes):
        """Return an object for the method's `self`: made with the settings `init`, then given the attributes.

        A class that does not take these settings is not asked to make itself; `unmade` keeps what it said.
        """
        try:
            inspect.signature(self.owner).bind(**(init or {}))
        except TypeError as error:
            self.unmade = str(error)
            obj = object.__new__(self.owner)
        else:
            obj = self.owner(**(init or {}))
        vars(obj).update(attributes)
        return obj


@dataclass
class Failure:
    """What stopped a function: the error, what it said, and the learner's line it stood in, with its number."""

    error: str
    message: str
    line: str = ""
    number: int = 0
    given: str = ""  # what the call that stopped was given

    @property
    def kind(self) -> str:
        """Return what two failures of one kind share: the error, and whether a product or a sum did not fit."""
        about = next((word for word in ("matmul", "broadcast", "aligned") if word in self.message), "")
        return f"{self.error} {about.replace('aligned', 'matmul')}"


@dataclass
class Outcome:
    """All that is to be seen of one played case."""

    values: dict[str, Any] = field(default_factory=dict)
    failure: Failure | None = None
    form: tuple | None = None
    blank: bool = False
    changed: tuple[str, ...] = ()
    units: dict[str, float] = field(default_factory=dict)  # the size that errors of a value are measured in


def conform(result, returns: tuple[str, ...]):
    """Return result if it has the form that `returns` names; raise Blank or WrongForm otherwise."""
    if result is None or result is Ellipsis or result is NotImplemented:
        raise Blank
    if len(returns) == 1:
        if isinstance(result, tuple) and len(result) == 1:
            result = result[0]
        if isinstance(result, tuple):
            raise WrongForm("too_many", {"count": len(result), "names": returns[0]})
        if isinstance(result, dict):
            raise WrongForm("not_dict", {"names": returns[0]})
        return result
    if not isinstance(result, (tuple, list)) or len(result) != len(returns):
        kind = f"{len(result)} values" if isinstance(result, (tuple, list)) else type(result).__name__
        raise WrongForm(
            "arity", {"count": len(returns), "names": ", ".join(n.strip("_") for n in returns), "got": kind}
        )
    if all(value is None or value is Ellipsis for value, name in zip(result, returns, strict=True) if name[0] != "_"):
        raise Blank
    return tuple(result)


def play(exercise: Exercise, subject: Subject, one: Case) -> Outcome:
    """Play one case and write down what came of it; whatever the function does, nothing is raised but TimeUp."""
    args, code, gaps = copy.deepcopy(one.args), code_of(subject.fn), subject.gaps
    outcome = Outcome()
    try:
        with np.errstate(all="ignore"):
            _running.append(code.co_filename if code else "")
            try:
                result = exercise.play(subject, **args)
            finally:
                _running.clear()
        outcome.values = result if isinstance(result, dict) else named(result, exercise.returns)
    except Blank:
        outcome.blank = True
    except NotImplementedError:
        outcome.blank = True
    except WrongForm as error:
        outcome.form = error.args
    except (TimeUp, KeyboardInterrupt):
        raise
    except BaseException as error:  # own ones and CancelledError among them
        outcome.blank = subject.gaps > gaps  # a play went on with the None that it was given
        outcome.failure = None if outcome.blank else failure(error, subject.fn)
        if outcome.failure and subject.last:
            outcome.failure.given = call_in_words(subject.fn, *subject.last, known=set(one.args))
    outcome.values = {name: as_array(value) for name, value in outcome.values.items() if name[0] != "_"}
    outcome.changed = tuple(n for n in args if n not in exercise.may_change and not untouched(one.args[n], args[n]))
    return outcome


def named(result, returns: tuple[str, ...]) -> dict[str, Any]:
    """Return the values by name."""
    return {returns[0]: result} if len(returns) == 1 else dict(zip(returns, result, strict=True))


def as_array(value):
    """Return value as a NumPy array, a copy; None where there is none yet, NO_NUMBERS where it holds something else."""
    if value is None or value is Ellipsis:
        return None
    if isinstance(value, np.ma.MaskedArray) and np.ma.is_masked(value):
        return NO_NUMBERS
    try:
        if hasattr(value, "detach"):
            value = value.detach().cpu().numpy()
        array = np.array(value)
    except Exception:  # somebody's own class may do anything here
        return NO_NUMBERS
    return array if array.dtype.kind in "fiub" else NO_NUMBERS


def untouched(before, after) -> bool:
    """Return whether an argument is as it was; whatever somebody's code has put there, nothing is raised."""
    try:
        return unchanged(before, after)
    except Exception:
        return False


def unchanged(before, after) -> bool:
    """Return whether all arrays inside two nested values are the same, element by element."""
    if isinstance(before, dict):
        return isinstance(after, dict) and all(k in after and unchanged(v, after[k]) for k, v in before.items())
    if isinstance(before, (tuple, list)):
        return len(before) == len(after) and all(unchanged(b, a) for b, a in zip(before, after, strict=True))
    if isinstance(before, np.ndarray):
        return before.shape == after.shape and np.array_equal(before, after, equal_nan=before.dtype.kind == "f")
    if hasattr(before, "detach"):
        return bool((before == after).all()) if before.shape == after.shape else False
    return True


def code_of(fn):
    """Return the code of a function, of a method, or of the method that makes a class; None where there is none."""
    fn = fn.__init__ if isinstance(fn, type) else fn
    return getattr(getattr(fn, "__func__", fn), "__code__", None)


def failure(error: BaseException, fn) -> Failure:
    """Describe an error: its kind, its message, and the last line of the learner's own file it went through."""
    code = code_of(fn)
    frames = [f for f in traceback.extract_tb(error.__traceback__) if code and f.filename == code.co_filename]
    message = " ".join(text_of(error).split())
    made = Failure(type(error).__name__, message if len(message) <= 160 else message[:157] + "...")
    if frames:
        made.number = frames[-1].lineno or 0
        made.line = (frames[-1].line or linecache.getline(frames[-1].filename, made.number)).strip()
    return made


def call_in_words(fn, args: tuple, kwargs: dict, known: set[str]) -> str:
    """Return what a call was given, by the function's own names; "" where the case knows its arguments by others."""
    try:
        bound = inspect.signature(fn).bind(*args, **kwargs).arguments
    except (TypeError, ValueError):
        return ""
    if not known.issuperset(bound):
        return ""
    return ", ".join(describe(name, value) for name, value in bound.items())


def describe(name: str, value: Any) -> str:
    """Return an argument in short: an array by its shape, a number by its value."""
    if isinstance(getattr(value, "shape", None), tuple):
        return f"{name} {tuple(value.shape)} {value.dtype}"
    plain = int, float, str, bool, type(None)
    held = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else [value]
    told = all(isinstance(v, plain) for v in held)
    return f"{name}={value!r}" if told else name


def text_of(error: BaseException) -> str:
    """Return what an error says; nothing where that itself raises."""
    try:
        return str(error)
    except Exception:
        return ""


@contextlib.contextmanager
def quiet():
    """Keep prints and warnings of somebody's code out of the way, and NumPy's global generator as it was."""
    state = np.random.get_state()
    np.random.seed(0)
    try:
        with (
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("ignore")
            yield
    finally:
        np.random.set_state(state)


@contextlib.contextmanager
def time_limit(seconds: float):
    """Raise TimeUp when the block takes longer than `seconds`, again and again until it ends.

    By an alarm where the system has one and this is the main thread, else by looking at the clock at each line.
    """
    if hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread():
        yield from _alarm(seconds)
    else:
        yield from _clock(seconds)


RING = 0.05  # seconds between two looks at the clock once the time is up
AT_ONCE = 2e-5  # likewise where somebody's `except:` has swallowed TimeUp
BUSY = 4  # a function may take this many times its seconds of wall clock where the machine is busy with others
_running: list[str] = []  # the file of somebody's code that runs just now: only there may the alarm interrupt


def _alarm(seconds: float) -> Iterator[None]:
    """Look at the clock from `seconds` on; only seconds in which this process computes count, up to a point.

    Where the first alarm is swallowed it rings on, now only in lines of somebody's own file, so that what others put
    in order on the way out stays in order, and so often that it soon rings between two of their `try`.
    """
    start, computed, rung = time.monotonic(), time.process_time(), 0

    def ring(_, frame) -> None:
        nonlocal rung
        wall, own = time.monotonic() - start, time.process_time() - computed
        if not _running or not (own >= 0.9 * seconds or own < 0.1 * wall or wall > BUSY * seconds):
            return
        if rung == 0 or frame.f_code.co_filename == _running[-1]:
            rung += 1
            signal.setitimer(signal.ITIMER_REAL, RING if rung == 1 else AT_ONCE, AT_ONCE)
            raise TimeUp

    handler = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, RING)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)


def _clock(seconds: float) -> Iterator[None]:
    end, before = time.monotonic() + seconds, sys.gettrace()

    def trace(*_):
        if time.monotonic() > end:
            raise TimeUp
        return trace

    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(before)


def count_lines(exercise: Exercise, subject: Subject, one: Case) -> int:
    """Return how many Python lines of the function's own file run while it plays a case."""
    code = code_of(subject.fn)
    count, before = 0, sys.gettrace()

    def trace(frame, event, _):
        nonlocal count
        if code is None or frame.f_code.co_filename != code.co_filename:
            return None
        count += event == "line"
        return trace

    sys.settrace(trace)
    try:
        play(exercise, subject, one)
    finally:
        sys.settrace(before)
    return count
