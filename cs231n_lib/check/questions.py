"""What can be wrong with a value, one small function a question; the first that finds something is told."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import compare
from .played import Played, Question


def nothing(played: Played) -> list[str] | None:
    """Find a call that returned nothing."""
    case = next((one for got, _, one in played.rows() if got.blank), None)
    return [played.say("nothing", case=played.label(case))] if case else None


def form(played: Played) -> list[str] | None:
    """Find a return value of the wrong kind."""
    found = next((got.form for got, _, _ in played.rows() if got.form), None)
    return [played.say(found[0], **found[1])] if found else None


def missing(played: Played) -> list[str] | None:
    """Find a value that is None, or no array of numbers."""
    for got, want, _ in played.rows():
        for name in want.values:
            if not isinstance(got.values.get(name), np.ndarray):
                return [played.say("missing" if got.values.get(name) is None else "not_numbers", name=name)]
    return None


def shape(played: Played) -> list[str] | None:
    """Find a value of the wrong shape, with a guess why."""
    for got, want, _ in played.rows():
        for name, right in want.values.items():
            g, w = got.values[name].shape, right.shape
            if g != w:
                guess = None if is_probe(played, name) else shape_guess(g, w)
                return [played.say("shape", name=name, got=g, want=w), *([played.say(guess)] if guess else [])]
    return None


def nan(played: Played) -> list[str] | None:
    """Find nan or inf in the first wrong value where the right one is finite; in later ones they may follow."""
    name = next(iter(played.wrong_names()), None)
    for got, want, one in played.rows():
        if name in want.values and np.any(np.isfinite(want.values[name]) & ~np.isfinite(got.values[name])):
            return [played.say("nan", name=name, case=played.label(one))]
    return None


def changed(played: Played) -> list[str] | None:
    """Find an argument that was written to."""
    name = next((n for got, _, _ in played.rows() for n in got.changed), None)
    return [played.say("changed", name=name)] if name else None


FORM: tuple[Question, ...] = (nothing, form, missing, shape)


def finding(played: Played, recognised: bool) -> list[str]:
    """Say what is wrong with the outcomes; the first hit wins."""
    for question in (*FORM, nan):
        found = question(played)
        if found:
            return found
    told = values(played, recognised)
    return told or changed(played) or []


def values(played: Played, recognised: bool) -> list[str]:
    """Say where a value first differs; where no mistake was recognised, how it is related to the right one."""
    wrong = played.wrong_names()
    if not wrong:
        return []
    lines = []
    for name in wrong[:1] if recognised else wrong[:2]:
        related = None if recognised else relation(played, name)
        lines.append(related or difference(played, name))
    right = [n for n in played.truth[0].values if n not in wrong and not is_probe(played, n)]
    alone = sum(name[0] != "_" for name in played.exercise.returns) == 1
    if right and not (alone and is_probe(played, wrong[0])):  # then the check looks at sides of the one value
        lines.append(played.say("also_right", names=", ".join(f"`{n}`" for n in right)))
    return lines if recognised else lines + some_cases(played)


def difference(played: Played, name: str) -> str:
    """Say where a value first differs."""
    for got, want, one in played.rows():
        if name in want.values and not compare.close(got.values[name], want.values[name], want.units.get(name, 0)):
            unit = want.units.get(name, 0)
            index, g, w = compare.first_difference(got.values[name], want.values[name], unit)
            return played.say("differs", name=name, index=index, got=g, want=w, case=played.label(one))
    return ""


def relation(played: Played, name: str) -> str | None:
    """Say how a wrong value is related to the right one, if it is simple: everywhere, or where there is no penalty."""
    rows = [
        (g.values[name], w.values[name], c)
        for g, w, c in zip(played.outcomes, played.truth, played.known.cases, strict=True)
        if name in w.values and w.values[name].any() and not c.edge
    ]
    same = handed_in(played, rows, name) or exchanged(played, name)
    if same:
        return same
    free = [row for row in rows if row[2].args.get("reg", 1) == 0]
    return simple(played, rows, name) or (simple(played, free, name, "factor_free") if len(free) > 1 else None)


def handed_in(played: Played, rows: list, name: str) -> str | None:
    """Say which argument a value is, if it is one in all cases."""
    for argument in rows[0][2].args if rows else ():
        given = [one.args.get(argument) for _, _, one in rows]
        if all(isinstance(v, np.ndarray) and compare.close(g, v) for (g, _, _), v in zip(rows, given, strict=True)):
            return played.say("handed_in", name=name, argument=argument)
    return None


def exchanged(played: Played, name: str) -> str | None:
    """Say with which other value one has changed places, if it has."""
    pairs = [(g.values, w.values) for g, w in zip(played.core(played.outcomes), played.core(played.truth), strict=True)]
    for other in played.truth[0].values:
        if other != name and all(
            compare.close(g.get(name), w.get(other)) and compare.close(g.get(other), w.get(name)) for g, w in pairs
        ):
            return played.say("exchanged", name=name, other=other)
    return None


def simple(played: Played, rows: list, name: str, key: str = "factor") -> str | None:
    """Say the factor, the transpose or the term by which a value differs in all of some cases."""
    if not rows or (is_probe(played, name) and key == "factor"):
        return None
    got, want = [g for g, _, _ in rows], [w for _, w, _ in rows]
    by = compare.factor(got, want, [sizes(c.args) for _, _, c in rows])
    if by:
        size = by.removeprefix("1/")
        divided = size != by and not size.isdigit()
        return played.say(f"{key}_divided" if divided else key, name=name, factor=size if divided else by)
    turned = all(w.ndim == 2 and compare.close(g, w.T) for g, w in zip(got, want, strict=True))
    if turned:
        return played.say("swapped", name=name)
    return term(played, rows, name) if key == "factor" else None


def term(played: Played, rows: list, name: str) -> str | None:
    """Say which term was added once too often, or not at all, if that is the whole difference."""
    if played.exercise.terms is None or not rows:
        return None
    known = [played.exercise.terms(**one.args) for _, _, one in rows]
    for text in known[0]:
        active = [(g - w, k[text]) for (g, w, _), k in zip(rows, known, strict=True) if np.any(k[text])]
        ratios = [compare.ratio(np.asarray(d), np.asarray(t)) for d, t in active]
        if ratios and ratios[0] is not None and all(r is not None and abs(r - ratios[0]) < 1e-5 for r in ratios):
            told = TOLD.get(round(ratios[0], 5))
            if told is not None:
                return played.say("term", name=name, factor=told, term=text)
    return None


TOLD = {1.0: "", -1.0: "-", 2.0: "2 * ", -2.0: "-2 * ", 0.5: "0.5 * ", -0.5: "-0.5 * ", 3.0: "3 * ", -3.0: "-3 * "}


def some_cases(played: Played) -> list[str]:
    """Say in which cases the answer is right, where it is right in some and wrong in others."""
    wrong = played.wrong()
    names = {played.known.cases[i].label for i in wrong}
    right = [i for i, one in enumerate(played.known.cases) if one.label not in names]
    if not right:
        return []
    return [played.say("some_cases", right=played.labels(right), wrong=played.labels(wrong))]


def is_probe(played: Played, name: str) -> bool:
    """Return whether a value is one that the check makes itself: named in words, the first no value returned."""
    first = name.split(" ")[0]
    return " " in name and first not in played.exercise.returns


def sizes(args: dict[str, Any]) -> dict[str, int]:
    """Return the sizes that a mean may bring in or leave out: N, the rows of the first matrix, and all others."""
    arrays = [(name, v) for name, v in args.items() if isinstance(v, np.ndarray)]
    found = {"N": next((v.shape[0] for _, v in arrays if v.ndim > 1), 1)}
    return found | {f"{name}.shape[{k}]": n for name, v in arrays for k, n in enumerate(v.shape)}


def shape_guess(got: tuple, want: tuple) -> str | None:
    """Return the key of the sentence that explains a wrong shape, if there is one."""
    if got == want[::-1]:
        return "transposed"
    if [n for n in got if n != 1] == [n for n in want if n != 1]:
        return "extra_axis"
    return "reshaped" if np.prod(got) == np.prod(want) else None
