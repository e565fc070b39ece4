"""The edits that mend a slip: one small function each, which gives what may stand in a place instead."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator

from .base import Edit, Found, Place, Scope
from .calls import axis, call, comparison, keepdims, key, name, partner, transpose
from .indices import constant, ends, index, steps
from .lines import augment, farther, jump, moves, skipped
from .numbers import bracket, complement, exchange, factor, ingredient, missing, operation, reach, sign, square, term
from .places import (
    formal,
    is_axis,
    is_condition,
    is_default,
    is_factor_of,
    is_idle,
    is_into_itself,
    is_target,
    located,
    places,
    told_as,
)

EXPRESSIONS: dict[str, Callable[[ast.AST, Scope], Found]] = {
    "axis": axis,
    "comparison": comparison,
    "transpose": transpose,
    "sign": sign,
    "augment": augment,
    "partner": partner,
    "factor": factor,
    "term": term,
    "index": index,
    "ends": ends,
    "steps": steps,
    "constant": constant,
    "bracket": bracket,
    "reach": reach,
    "exchange": exchange,
    "key": key,
    "name": name,
    "keepdims": keepdims,
    "square": square,
    "complement": complement,
    "missing": missing,
    "call": call,
    "operation": operation,
    "ingredient": ingredient,
}


TITLES = {  # what is said of each operator, the key of a sentence
    "axis": "mend_axis",
    "keepdims": "mend_keepdims",
    "factor": "mend_factor",
    "missing": "mend_missing",
    "ingredient": "mend_ingredient",
    "square": "mend_square",
    "complement": "mend_complement",
    "sign": "mend_sign",
    "transpose": "mend_transpose",
    "comparison": "mend_comparison",
    "name": "mend_name",
    "key": "mend_key",
    "term": "mend_term",
    "call": "mend_call",
    "partner": "mend_partner",
    "ends": "mend_ends",
    "index": "mend_index",
    "steps": "mend_steps",
    "constant": "mend_constant",
    "bracket": "mend_bracket",
    "reach": "mend_reach",
    "exchange": "mend_exchange",
    "elsewhere": "mend_elsewhere",
    "augment": "mend_augment",
    "swap": "mend_swap",
    "line": "mend_line",
    "out": "mend_out",
    "in": "mend_in",
    "operation": "mend_operation",
    "absent": "mend_absent",
    "other": "mend_other",
}


COMPUTED = ("missing", "ingredient", "call", "square", "complement")  # what is due where numbers are computed


def edits(function: ast.FunctionDef, scope: Scope) -> Iterator[Edit]:
    """Give all single edits of a function, the likelier operators first."""
    found = list(places(function))
    inside = {id(p.node) for p in found if is_factor_of(p)}
    words = set(formal(function))
    stored = {id(p.node) for p in found if is_target(p)}
    for operator, give in EXPRESSIONS.items():
        for place in found:
            if id(place.node) in stored or (operator in ("missing", "ingredient") and id(place.node) in inside):
                continue
            if operator in COMPUTED and id(place.node) in words:
                continue
            if operator == "constant" and is_axis(place):
                continue  # the operator on axes knows better
            if is_default(place) and operator != "constant":
                continue
            found_here = at(place, operator, give, scope)
            yield from (
                e for e in found_here if (e.operator, e.detail) != ("sign", "turned") or id(place.node) not in words
            )
        if operator == "augment":
            yield from moves(function)
            yield from jump(function)
            yield from skipped(function, scope)
        if operator == "name":
            yield from farther(function)


def at(place: Place, operator: str, give: Callable[[ast.AST, Scope], Found], scope: Scope) -> Iterator[Edit]:
    """Give what an operator offers at one place."""
    for new, detail in give(place.node, scope):
        if not is_idle(place, new) and not is_into_itself(place, new):
            yield Edit(told_as(operator, place), ((place, located(new, place.node)),), place.node, new, detail)
    if operator == "comparison" and is_condition(place):
        new = ast.UnaryOp(op=ast.Not(), operand=place.node)
        yield Edit(operator, ((place, located(new, place.node)),), place.node, new, "not")


EVERYWHERE = "everywhere"
REPEATED = (
    "exchange",
    "axis",
    "name",
    "key",
    "constant",
    "augment",
    "keepdims",
    "steps",
    "comparison",
    "index",
    "factor",
    "call",
)


def alike(found: Iterable[Edit]) -> Iterator[Edit]:
    """Give, for each kind of edit that fits two to six places, the edit of all in a line, then of all there are."""
    by_line: dict[tuple, list[Edit]] = {}
    overall: dict[tuple, list[Edit]] = {}
    for one in found:
        if one.operator in REPEATED:
            by_line.setdefault((one.operator, one.detail, getattr(one.old, "lineno", 0)), []).append(one)
            overall.setdefault((one.operator, one.detail), []).append(one)
    for groups, where in ((by_line, "in the line"), (overall, EVERYWHERE)):
        for group in groups.values():
            if 2 <= len(group) <= 6:
                spots = tuple(spot for one in group for spot in one.spots)
                yield Edit(group[0].operator, spots, group[0].old, group[0].new, f"{group[0].detail} {where}")
