"""Record one real call of a function as frames: the line, the values in scope, cells read, cells written."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import FrameType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

from ..language import speaking
from .frames import Frame, Operand, Unwatched
from .rewrite import Hooks, Program, connect, instrument
from .words import say, sentence

MAX_FRAMES = 300  # lines shown of one call; the rest of the call runs on unseen
MAX_CELLS = 100_000  # cells of an array that is watched; of larger ones only the shape is shown
MAX_RETURNED = 10_000_000  # cells of a returned array that is copied into the last frame
LABEL = 24  # characters of an expression that still serve as the name of a returned value
MAX_ITEMS = 12  # entries shown of a list, tuple or dict


@dataclass
class Recording:
    """All frames of one call, what it returned or raised, and the programs that were entered."""

    frames: list[Frame]
    programs: list[Program]
    result: Any = None
    error: Exception | None = None
    remark: str = ""
    language: str = "en"  # of what the frames say


def record_call(function: Any, args: tuple, kwargs: dict, into: Iterable = ()) -> Recording:
    """Call function(*args, **kwargs) once, for real, and return what each line did, in the language spoken."""
    with speaking() as language:
        return _record(function, args, kwargs, into, language)


def _record(function: Any, args: tuple, kwargs: dict, into: Iterable, language: str) -> Recording:
    recorder = _Recorder()
    program, bound = recorder.add(function)
    for inner in into:
        recorder.enter_at(inner)
    recording = Recording(recorder.frames, list(recorder.programs.values()), language=language)
    tracer = sys.gettrace()
    sys.settrace(recorder.trace)
    try:
        recording.result = program.function(*bound, *args, **kwargs)
    except Exception as error:
        recording.error = error
    finally:
        sys.settrace(tracer)
    if recorder.full:
        recorder.frames.append(_unseen_end(program, recording))
        recording.remark = say("cut", count=MAX_FRAMES)
    return recording


def _unseen_end(program: Program, recording: Recording) -> Frame:
    """Return the last frame of a call whose last lines were not watched: what it returned or raised."""
    made = Frame(0, program.name, {}, kind="error" if recording.error else "return")
    if recording.error:
        made.error = f"{type(recording.error).__name__}: {recording.error}"
    else:
        made.returned = _place_returned(recording.result, [], {}, made.values)
        made.wrote = {name: np.arange(np.size(value)) for name, value in made.values.items()}
    made.say = sentence(made)
    return made


@dataclass
class _Activation:
    """One call in progress."""

    program: Program
    line: int = 0  # as shown; 0 before the first line
    before: dict[str, Any] = field(default_factory=dict)
    objects: dict[str, Any] = field(default_factory=dict)  # the live objects behind `before`
    read: dict[str, list] = field(default_factory=dict)
    stored: dict[str, list] = field(default_factory=dict)
    parts: dict[int, tuple] = field(default_factory=dict)  # id of a part read on this line -> (part, name, its cells)
    test: bool | None = None
    raised: BaseException | None = None
    operands: list[Operand | None] = field(default_factory=list)
    broadcast: tuple | None = None


class _Recorder(Hooks):
    """Receives the trace events and the reports of the rewritten functions."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.programs: dict[Any, Program] = {}  # code of the twin -> program
        self.twins: dict[Any, Any] = {}  # original function -> twin
        self.stack: list[_Activation] = []
        self.full = False

    def add(self, function: Any) -> tuple[Program, tuple]:
        program, bound = instrument(function)
        connect(program, self)
        self.programs[program.function.__code__] = program
        return program, bound

    def enter_at(self, function: Any) -> None:
        """Show the lines of this function as well where a recorded one calls it."""
        known = (p for p in self.programs.values() if p.original is getattr(function, "__func__", function))
        program = next(known, None) or self.add(function)[0]
        self.twins[program.original] = program.function

    # ---- lines -------------------------------------------------------------------------------------------------
    def trace(self, frame: FrameType, event: str, argument: Any) -> Callable | None:
        if event != "call" or frame.f_code not in self.programs:
            return None
        self.stack.append(_Activation(self.programs[frame.f_code]))
        return self._trace_line

    def _trace_line(self, frame: FrameType, event: str, argument: Any) -> Callable | None:
        now = self.stack[-1]
        if event == "line":
            self._finish_line(now, frame)
            now.line = now.program.shown.get(frame.f_lineno, now.line)
            now.raised = None
            if self.full:  # the rest of the call runs without being watched, nearly at its own speed
                sys.settrace(None)
                return None
        elif event == "exception":
            now.raised = argument[1]
        elif event == "return":
            self._finish_call(now, frame, argument)
            self.stack.pop()
        return self._trace_line

    def _finish_line(self, now: _Activation, frame: FrameType) -> None:
        if now.line in now.program.headers:
            return  # a loop's header joins the line after it
        self._add(now, frame, "line" if now.line else "call")
        self.full = len(self.frames) >= MAX_FRAMES

    def _finish_call(self, now: _Activation, frame: FrameType, value: Any) -> None:
        failed = value is None and now.raised is not None
        made = self._add(now, frame, "error" if failed else "return")
        if failed:
            made.error = f"{type(now.raised).__name__}: {now.raised}"
        else:
            known = set(made.values)
            made.returned = _place_returned(value, now.program.returns.get(made.line, []), now.objects, made.values)
            made.wrote |= {name: np.arange(np.size(v)) for name, v in made.values.items() if name not in known}
        made.say = sentence(made)

    def _add(self, now: _Activation, frame: FrameType, kind: str) -> Frame:
        objects = _visible(frame.f_locals, now.program)
        values = {name: _copy(obj, now.before.get(name)) for name, obj in objects.items()}
        made = Frame(now.line or 1, now.program.name, values, len(self.stack) - 1, kind=kind, test=now.test)
        reads = {name: np.unique(np.concatenate(cells)) for name, cells in now.read.items() if name in values}
        made.read = {name: cells for name, cells in reads.items() if _in_sight(cells, values[name])}
        made.wrote = _written(now, objects, values)
        loops = now.program.loops.get(now.line, [])
        made.loop = {n: values[n] for _, names in loops for n in names if n in values and np.ndim(values[n]) == 0}
        made.made = now.program.made.get(now.line, {})
        named = now.program.named.get(now.line, [])
        made.numbers = [name for name in named if isinstance(values.get(name), float | np.floating)]
        made.broadcast = now.broadcast
        made.say = sentence(made)
        self.frames.append(made)
        now.before, now.objects = values, objects
        now.read, now.stored, now.parts = {}, {}, {}
        now.test, now.broadcast = None, None
        return made

    # ---- what the rewritten source calls -----------------------------------------------------------------------
    def get(self, owner: Any, index: Any, text: str) -> Any:
        """Return owner[index], noting the cells."""
        part = owner[index]
        if not self.full and self.stack:
            self._note(self.stack[-1].read, owner, index, text, part)
        return part

    def at(self, owner: Any, index: Any, text: str, in_place: bool) -> Any:
        """Return the index of an assignment, noting the cells."""
        if not self.full and self.stack:
            now = self.stack[-1]
            self._note(now.stored, owner, index, text)
            if in_place:
                self._note(now.read, owner, index, text)
        return index

    def see(self, value: Any, text: str) -> Any:
        """Return a value used as a whole, noting all its cells."""
        if not self.full and self.stack and _is_array(value) and _size(value) <= MAX_CELLS:
            name = self._name_of(value, text)
            if name:
                self.stack[-1].read.setdefault(name, []).append(np.arange(_size(value)))
        return value

    def test(self, value: Any) -> Any:
        """Return the outcome of an `if` or `while`."""
        if self.stack and np.size(value) == 1:
            self.stack[-1].test = bool(value)
        return value

    def enter(self, function: Any) -> Any:
        """Return the recorded twin of a function that is to be entered, and np.empty with its cells cleared."""
        if getattr(function, "__name__", "") in ("empty", "empty_like"):
            return lambda *args, **kwargs: _cleared(function(*args, **kwargs))
        if not self.twins or self.full or not isinstance(function, FunctionType | MethodType):
            return function
        plain = inspect.unwrap(function)
        twin = self.twins.get(getattr(plain, "__func__", plain))
        if twin is None:
            return function
        return twin.__get__(function.__self__) if isinstance(function, MethodType) else twin

    def operand(self, value: Any, text: str) -> Any:
        """Return one operand of an elementwise expression, keeping it for `broadcast`."""
        if self.stack:
            watched = not self.full and _is_array(value) and value.ndim > 0 and _size(value) <= MAX_CELLS
            self.stack[-1].operands.append(Operand(text, _plain(value)) if watched else None)
        return value

    def broadcast(self, value: Any, text: str, count: int) -> Any:
        """Return the value of an elementwise expression of `count` operands; keep them if one was stretched."""
        if self.stack:
            now = self.stack[-1]
            used = [o for o in now.operands[-count:] if o]
            del now.operands[-count:]
            if _is_array(value) and any(o.value.shape != tuple(value.shape) for o in used):
                now.broadcast = now.broadcast or (text, tuple(value.shape), used)
        return value

    def span(self, start: Any, stop: Any, step: Any) -> slice:
        """Return a slice of an index."""
        return slice(start, stop, step)

    def in_place(self, target: Any, value: Any, text: str, sign: str) -> Any:
        """Return the right side of target += value, noting the two as operands."""
        self.operand(target, text)
        self.operand(value, say("right_side"))
        self.broadcast(target, f"{text} {sign}= ...", 2)
        return value

    def _note(self, notes: dict, owner: Any, index: Any, text: str, part: Any = None) -> None:
        """Add the cells owner[index] to the notes of the variable that holds them."""
        now = self.stack[-1]
        if not _is_array(owner) or _size(owner) > MAX_CELLS:
            return
        if id(owner) in now.parts:
            _, name, cells, earlier = now.parts[id(owner)]
            now.read.get(name, [])[:] = [c for c in now.read.get(name, []) if c is not earlier]
        else:
            name, cells = self._name_of(owner, text), np.arange(_size(owner)).reshape(tuple(owner.shape))
        if not name:
            return
        chosen = np.asarray(cells[_numpy_index(index)])
        flat = chosen.ravel()
        notes.setdefault(name, []).append(flat)
        if part is not None and _is_array(part):
            now.parts[id(part)] = (part, name, chosen, flat)

    def _name_of(self, value: Any, text: str) -> str | None:
        """Return the variable that holds this very object, the one in the source if there are several."""
        objects = self.stack[-1].objects
        if objects.get(text) is value:
            return text
        same = next((name for name, obj in objects.items() if obj is value), None)
        owner = text.rpartition(".")[0]
        if _is_array(objects.get(owner)) and _size(objects[owner]) == _size(value):
            return same or owner  # rows.T reads rows
        whole = getattr(value, "_base" if _is_tensor(value) else "base", None)  # T.T reads all of T
        if same or whole is None or _size(whole) != _size(value):
            return same
        return next((name for name, obj in objects.items() if obj is whole), None)


# ---- values ----------------------------------------------------------------------------------------------------
def _is_tensor(value: Any) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def _is_array(value: Any) -> bool:
    return isinstance(value, np.ndarray) or _is_tensor(value)


def _is_scalar(value: Any) -> bool:
    return isinstance(value, bool | int | float | np.generic) or (isinstance(value, str) and len(value) <= 24)


def _size(value: Any) -> int:
    return int(np.prod(tuple(value.shape)))


def _plain(value: Any) -> np.ndarray:
    return value.detach().cpu().numpy().copy() if _is_tensor(value) else np.array(value)


def _in_sight(cells: np.ndarray, value: Any) -> bool:
    """Can the cells be shown? After x = x[1:] those that were read belong to an array that is gone."""
    return not isinstance(value, np.ndarray) or value.ndim == 0 or cells.size == 0 or cells[-1] < value.size


def _cleared(value: Any) -> Any:
    """Put zeros where NumPy promises nothing, so that the frames are the same in every run."""
    if _is_array(value):
        value[...] = 0
    return value


def _numpy_index(index: Any) -> Any:
    if isinstance(index, tuple):
        return tuple(_numpy_index(part) for part in index)
    return _plain(index) if _is_tensor(index) else index


def _visible(variables: dict, program: Program) -> dict[str, Any]:
    """Return the arrays and scalars in scope by the name the reader would write."""
    found: dict[str, Any] = {}
    variables = {name: program.original.__globals__[name] for name in program.globals} | variables
    own = [value for value in variables.values() if _is_array(value)]
    for name, value in variables.items():
        if not name.startswith("__") and name != "_":
            _collect(name, value, found, own)
    for text in program.attributes:
        owner, attribute = text.split(".")
        holder = variables.get(owner)
        if not isinstance(holder, ModuleType) and attribute in getattr(holder, "__dict__", {}):
            _collect(text, holder.__dict__[attribute], found, own)
    return found


def _collect(name: str, value: Any, found: dict, own: list) -> None:
    """Add a variable, or the entries of a container that no variable of its own shows."""
    if _is_array(value):
        found[name] = value
        if _is_tensor(value) and value.is_leaf and value.grad is not None:
            found[name + ".grad"] = value.grad
    elif _is_scalar(value):
        found[name] = value
    elif isinstance(value, list | tuple) and value and all(isinstance(item, int | float | str) for item in value):
        found[name] = str(value) if len(str(value)) <= 40 else say("values", count=len(value))
    elif isinstance(value, dict | list | tuple):
        keyed = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in list(keyed)[:MAX_ITEMS]:
            shown = any(item is known for known in (*own, *found.values()))
            if (_is_scalar(item) and isinstance(value, dict)) or (_is_array(item) and not shown):
                found[f"{name}[{key!r}]"] = item


def _copy(value: Any, before: Any) -> Any:
    """Return a copy that later lines cannot change; the copy from before if nothing changed."""
    if not _is_array(value):
        return value
    if _size(value) > MAX_CELLS:
        return Unwatched(tuple(value.shape))
    new = _plain(value)
    same = isinstance(before, np.ndarray) and before.shape == new.shape and before.dtype == new.dtype
    return before if same and before.tobytes() == new.tobytes() else new


def _written(now: _Activation, objects: dict, values: dict) -> dict[str, np.ndarray]:
    """Return the cells that changed, were assigned to, or belong to a name bound anew."""
    wrote: dict[str, np.ndarray] = {}
    for name, value in values.items():
        cells = _changed(now.before.get(name), value)
        if now.line and isinstance(value, np.ndarray) and objects[name] is not now.objects.get(name):
            cells = np.arange(value.size)
        stored = [c for c in now.stored.get(name, []) if isinstance(value, np.ndarray) and c.size]
        if stored:
            cells = np.unique(np.concatenate([cells, *stored]))
        if cells.size:
            wrote[name] = cells
    return wrote


def _changed(before: Any, value: Any) -> np.ndarray:
    if before is value:
        return np.arange(0)
    if not isinstance(value, np.ndarray):
        same = type(before) is type(value) and (before == value or (before != before and value != value))
        return np.arange(0 if same else 1)
    if not isinstance(before, np.ndarray) or before.shape != value.shape:
        return np.arange(value.size)
    return np.flatnonzero((before != value) & ~((before != before) & (value != value)))


def _place_returned(value: Any, texts: list[str], objects: dict, values: dict) -> list[str]:
    """Name the returned values: the variable that holds one, else its text in the source, added to `values`.

    A tuple within a tuple is a cache, whose arrays are in sight already.
    """
    several = isinstance(value, tuple)
    items = value if several else (value,)
    if len(texts) != len(items):
        texts = [f"return[{k}]" if several else "return" for k in range(len(items))]
    names: list[str] = []
    for k, (text, item) in enumerate(zip(texts, items, strict=True)):
        name = next((n for n, obj in objects.items() if obj is item and (_is_array(item) or n == text)), None)
        if name is not None:
            if isinstance(values[name], Unwatched) and _size(item) <= MAX_RETURNED:
                values[name] = _plain(item)
            names.append(name)
        elif not (several and isinstance(item, list | tuple)):
            label = (text if len(text) <= LABEL else f"return[{k}]") if several else "return"
            names += _add_returned(label, item, values)
    return list(dict.fromkeys(names))


def _add_returned(name: str, item: Any, values: dict) -> list[str]:
    while name in values:
        name += "'"
    found: dict[str, Any] = {}
    _collect(name, item, found, [])
    values.update({n: _returned_copy(v) for n, v in found.items()})
    return list(found)


def _returned_copy(value: Any) -> Any:
    if not _is_array(value):
        return value
    return _plain(value) if _size(value) <= MAX_RETURNED else Unwatched(tuple(value.shape))
