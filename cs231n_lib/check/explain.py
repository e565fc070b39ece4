"""What Python's and NumPy's own messages mean for a learner: one sentence each."""

from __future__ import annotations

import re
from typing import Any

from .run import Failure

Sentence = tuple[str, dict[str, Any]]

SIMPLE = (  # a message, and the key of what it means; the groups of the pattern are fields
    (r"axis (?P<axis>-?\d+) is out of bounds for array of dimension (?P<count>\d+)", "explain_axis"),
    (r"core dimension 0.*size (?P<one>\d+) is different from (?P<other>\d+)", "explain_product"),
    (r"shapes? (?P<left>\([\d,]+\)) and (?P<right>\([\d,]+\)) not aligned", "explain_aligned"),
    (r"cannot be multiplied \((?P<left>\d+x\d+) and (?P<right>\d+x\d+)\)", "explain_aligned"),
    (r"arrays used as indices must be of integer", "explain_index_type"),
    (r"index (?P<index>-?\d+) is out of bounds for axis (?P<axis>\d+) with size (?P<size>\d+)", "explain_index"),
    (r"'NoneType' object|and 'NoneType'|'NoneType' and|must be Tensor, not NoneType", "explain_none"),
    (r"assignment destination is read-only", "explain_read_only"),
    (r"truth value of an array", "explain_truth"),
)


def explain(failure: Failure) -> Sentence | None:
    """Return the key and the fields of the sentence on an error; None where its own words say enough."""
    shapes = re.search(r"broadcast together with shapes (\([\d,]*\)) (\([\d,]*\))", failure.message)
    if shapes:
        return broadcast(*shapes.groups())
    if failure.error == "KeyError":
        return "explain_key", {"name": failure.message}
    for pattern, key in SIMPLE:
        found = re.search(pattern, failure.message)
        if found:
            return key, found.groupdict()
    return None


def broadcast(left: str, right: str) -> Sentence:
    """Return the sentence on two shapes that do not broadcast: with a hint where a column would."""
    one, other = (tuple(int(n) for n in re.findall(r"\d+", text)) for text in (left, right))
    short, long = sorted((one, other), key=len)
    column = len(short) == 1 and len(long) > 1 and long[-2] == short[0]
    return ("explain_column" if column else "explain_broadcast"), {"left": one, "right": other}
