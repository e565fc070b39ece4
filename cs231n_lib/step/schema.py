"""The data that a page gives to the player: every key and what it says. `player/schema.js` says the same in JavaScript.

Keys are short because a page repeats them at every frame. A test compares the two tables, and real data with them.
"""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypedDict

Spans = str  # sorted flat indices of cells, such as "0-2 5"
Shape = tuple[int, ...]
Flag = int  # 1 for yes; 0, or no key, for no


class Payload(TypedDict):
    """A recorded call."""

    title: Annotated[str, "the heading"]
    remark: Annotated[str, "what stands below, such as that only the first frames are shown; may be empty"]
    fns: Annotated[list[Code], "the functions whose lines are shown, the one that was called first"]
    vars: Annotated[list[Variable], "the variables; elsewhere a variable is its index in this list"]
    frames: Annotated[list[Frame], "what each executed line did, in order"]
    start: NotRequired[Annotated[int, "the frame shown first, counted from 0; without it the first"]]
    graph: NotRequired[Annotated[Flag, "1 opens and prints the graph, 0 leaves it out; without it the graph is folded"]]


class Code(TypedDict):
    """A function as it is shown."""

    name: Annotated[str, "its name"]
    src: Annotated[list[str], "its lines from `def`, without the docstring; line 1 is the first"]


class Variable(TypedDict):
    """A variable, or what is shown like one: an attribute, an entry of a dict, a returned value."""

    n: Annotated[str, "its name"]
    f: Annotated[int, "its function, as index in `fns`"]
    m: Annotated[float, "the largest magnitude it ever has, which gets the full colour"]


class Frame(TypedDict):
    """What one executed line did."""

    f: Annotated[int, "its function, as index in `fns`"]
    l: Annotated[int, "its line, counted from 1; 0 at the end of a call too long to be shown"]
    s: Annotated[str, "what it did, as a sentence"]
    e: NotRequired[Annotated[int, "the last line of a statement of several lines"]]
    it: NotRequired[Annotated[str, "the loop variables around it, such as i = 0, j = 1"]]
    h: NotRequired[Annotated[list[int], "the lines of the loop headers around it"]]
    set: NotRequired[Annotated[dict[int, Change], "variable -> what is new about it; the others stay as they were"]]
    r: NotRequired[Annotated[dict[int, Spans], "variable -> the cells that the line read"]]
    w: NotRequired[Annotated[dict[int, Spans], "variable -> the cells that the line wrote"]]
    m: NotRequired[Annotated[dict[int, list[int]], "written variable -> what it was made from, if not all arrays read"]]
    back: NotRequired[Annotated[list[int], "the variables that hold what is returned"]]
    bad: NotRequired[Annotated[Flag, "1 if the line raised an exception"]]
    b: NotRequired[Annotated[Stretched, "the operands of an expression that broadcasting stretched"]]
    ask: NotRequired[Annotated[Question, "what the learner is to predict before the frame shows it"]]


class Scalar(TypedDict):
    """A single number or text."""

    s: Annotated[str, "the value as text"]


class Cells(TypedDict):
    """A new array, or one of another shape."""

    d: Annotated[Shape, "the shape"]
    c: Annotated[str, "the cells as texts with spaces between them, row after row"]


class Changed(TypedDict):
    """An array of which some cells are new."""

    i: Annotated[Spans, "the cells that are new"]
    c: Annotated[str, "their texts with spaces between them"]


class Large(TypedDict):
    """An array too large to be given whole."""

    d: Annotated[Shape, "the shape"]
    big: Annotated[Overview, "what is given of it"]


class Unwatched(TypedDict):
    """An array too large to be watched."""

    d: Annotated[Shape, "the shape"]


Change = Literal[0] | Scalar | Cells | Changed | Large | Unwatched  # 0: the name is gone


class Overview(TypedDict):
    """One sheet of a large array, by block means, and an enlarged window of it."""

    t: Annotated[tuple[int, int], "rows and columns of the overview"]
    o: Annotated[int, "the flat index at which the sheet begins"]
    win: Annotated[list[int], "first row, first column, rows and columns of the window"]
    w: Annotated[str, "the cells of the window as texts with spaces between them"]
    at: NotRequired[Annotated[str, "the leading indices of the sheet, such as 1, 0"]]
    c: NotRequired[Annotated[str, "the block means, from -1 to 1; without them those of the frame before stay"]]


class Stretched(TypedDict):
    """An elementwise expression whose operands have different shapes."""

    t: Annotated[str, "the expression"]
    d: Annotated[Shape, "the common shape, of at most two axes"]
    o: Annotated[list[Operand], "the operands in their own shapes"]


class Operand(TypedDict):
    """An operand before it is stretched."""

    t: Annotated[str, "its source"]
    d: Annotated[Shape, "its shape"]
    c: Annotated[str, "its cells as texts with spaces between them"]
    m: Annotated[float, "its largest magnitude"]


class Question(TypedDict):
    """A question, and its answer."""

    v: Annotated[int, "the variable that stays hidden"]
    q: Annotated[str, "the hint beside the question"]
    k: NotRequired[Annotated[int, "the cell that is asked for, if it is one of an array"]]
    x: Annotated[str, "what is asked for, such as dists[1, 2] or w.shape"]
    a: Annotated[str, "the answer as text"]
    shape: NotRequired[Annotated[Flag, "1 if the shape is asked for"]]
    int: NotRequired[Annotated[Flag, "1 if the answer is a whole number, to be met exactly"]]


TABLE = (
    *(Payload, Code, Variable, Frame, Scalar, Cells, Changed, Large, Unwatched),
    *(Overview, Stretched, Operand, Question),
)
