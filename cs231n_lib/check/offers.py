"""Edits that take over from the textbook what a learner's function lacks, the smallest changes first."""

from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Iterator
from typing import Any

from .operators.base import GIVEN, HELD, Edit, Place, called, is_tick, parse, weight
from .operators.lines import SIMPLE, blocks
from .operators.places import is_default, is_into_itself, is_returned, is_target, located, places
from .recorded import Recorder
from .textbook import (
    LONGEST,
    Line,
    Names,
    Translator,
    apart_by,
    bag,
    definitions,
    is_name,
    is_remark,
    is_value,
    key_of,
    owned,
    parts,
    root,
    stored,
    undefined,
)
from .workshop import Unit

FAR, FARTHER = 16, 44  # parts by which what is taken over may differ from what it stands for; where all before is right
OFFERS = 400  # how many are tried
Ours = tuple[ast.expr, Counter, bool]  # a part of the textbook, what it is made of, and whether the learner lacks it


class Textbook:
    """Offers what the textbook has and the learner's function lacks, the smallest changes first."""

    def __init__(self, book: Recorder, book_unit: Unit, mine: Recorder, unit: Unit):
        self.book, self.book_unit, self.mine, self.unit = book, book_unit, mine, unit
        self.known, self.computed = unit.original.__globals__, set(definitions(unit.node))
        self.statements = {id(n): n for n in ast.walk(unit.node) if isinstance(n, ast.stmt)}
        self.open = undefined(unit.node, {**self.known, **dict.fromkeys(unit.free)})
        mine_, ours = mine.values.values(), book.values.values()
        self.right = {key for key in map(key_of, ours) if key}
        self.there = {key for key in map(key_of, mine_) if key}
        short = [n for n in parts(book_unit.node) if id(n) in book.values and weight(n) <= LONGEST]
        self.expressions = [n for n in short if is_value(book.values[id(n)])]

    def offers(self) -> list[Edit]:
        """Return the edits, nearest first."""
        found = sorted([*self.replaced(), *self.added()], key=lambda pair: pair[0])
        return [edit for _, edit in found[:OFFERS]]

    def replaced(self) -> Iterator[tuple[int, Edit]]:
        """Give expressions of the textbook in place of those that make no right value."""
        stored = {id(p.node) for p in places(self.unit.node) if is_target(p)}
        by_statement: dict[int, list[Place]] = {}
        for statement, place in owned(self.unit.node):
            if id(place.node) in stored or is_default(place):
                continue
            if isinstance(place.node, ast.expr) and not isinstance(place.node, (ast.Slice, ast.Starred)):
                by_statement.setdefault(id(statement), []).append(place)
        for number, wrong in by_statement.items():
            if number in self.mine.before:  # it was run
                ours = self.translated(self.mine.before[number])
                far = FARTHER if self.is_first(number) else FAR
                yield from (pair for place in wrong for pair in self.at(place, ours, far))

    def is_alone(self, place: Place) -> bool:
        """Return whether a part is all that is assigned or returned, a right value that may be due elsewhere."""
        whole = isinstance(place.parent, ast.stmt) or called(place.parent) == HELD or is_returned(place)
        if isinstance(place.node, ast.Name) and place.node.id in self.computed:
            return False
        return whole and key_of(self.mine.values.get(id(place.node))) in self.right

    def is_wrong(self, node: ast.AST) -> bool:
        """Return whether a part makes a value that the textbook does not make, or none at all."""
        if id(node) not in self.mine.values:
            return True
        value = self.mine.values[id(node)]
        return is_value(value) and key_of(value) not in self.right

    def is_first(self, number: int) -> bool:
        """Return whether all arrays that a statement begins with are right: then the slip is in itself."""
        names = {n.id for n in ast.walk(self.statements[number]) if isinstance(n, ast.Name)}
        held = {name: value for name, value in self.mine.before[number].items() if name in names}
        keys = [key_of(value) for name, value in held.items() if name in self.computed]
        return all(key is None or key[0] != "array" or key in self.right for key in keys)

    def translated(self, held: dict[str, Any]) -> list[Ours]:
        """Return all expressions of the textbook in the names that hold something at a point."""
        translator = Translator(self.book, self.book_unit, Names(held), self.known)
        found: dict[str, tuple[ast.expr, bool]] = {}
        for node in self.expressions:
            made, key = translator.whole(node), key_of(self.book.values[id(node)])
            if made is not None and weight(made) <= LONGEST:
                found.setdefault(ast.unparse(made), (made, key is not None and key not in self.there))
        return [(made, bag(made), lacking) for made, lacking in found.values()]

    def at(self, place: Place, ours: list[Ours], most: int) -> Iterator[tuple[int, Edit]]:
        """Give what may stand at a place instead."""
        mine, alone, wrong = bag(place.node), self.is_alone(place), self.is_wrong(place.node)
        made_before = is_name(place.node) and not alone
        for made, theirs, lacking in ours:
            if not (wrong or alone or lacking) or (made_before and not is_name(made)):
                continue
            far = apart_by(mine, theirs)
            if not is_into_itself(place, made) and 0 < far <= (most if lacking or alone else FAR):
                new = located(copy.deepcopy(made), place.node)
                yield far, Edit("other", ((place, new),), place.node, new, "textbook")

    def added(self) -> Iterator[tuple[int, Edit]]:
        """Give lines of the textbook where the learner may have left them out."""
        lines = [s for s in ast.walk(self.book_unit.node) if isinstance(s, (ast.Assign, ast.AugAssign))]
        lines = [s for s in lines if id(s) in self.book.after and weight(s) <= LONGEST]
        lines = lines if self.open else [s for s in lines if self.is_new(s)]
        for block in blocks(self.unit.node):
            for i, line in enumerate(block.node):
                if is_tick(line) or is_remark(line) or id(line) not in self.mine.before:
                    continue
                translator = Translator(self.book, self.book_unit, Names(self.mine.before[id(line)]), self.known)
                for statement in lines:
                    for new in self.rewritten(statement, translator):
                        yield from self.put(located(ast.copy_location(new, line), line), block, i)

    def put(self, new: Line, block: Place, i: int) -> Iterator[tuple[int, Edit]]:
        """Give a line before the one at a place of a block, and in its stead."""
        line, before, after = block.node[i], block.node[:i], block.node[i + 1 :]
        given = root(new) in self.open
        detail = GIVEN * given + ast.unparse(new)
        yield (0 if given else weight(new)), Edit("absent", ((block, [*before, new, line, *after]),), line, new, detail)
        far = apart_by(bag(line), bag(new))
        if isinstance(line, SIMPLE) and 0 < far <= FARTHER:
            yield far, Edit("other", ((block, [*before, new, *after]),), line, new, "textbook")

    def is_new(self, statement: Line) -> bool:
        """Return whether a line of the textbook makes what the learner's function has nowhere."""
        target = root(statement)
        key = key_of(self.book.after[id(statement)].get(target)) if target else None
        return key is not None and key not in self.there

    def rewritten(self, statement: Line, translator: Translator) -> Iterator[Line]:
        """Give a line of the textbook in the learner's names."""
        value = translator.whole(statement.value)
        if value is None or weight(value) > LONGEST:
            return
        target = statement.target if isinstance(statement, ast.AugAssign) else statement.targets[0]
        before = self.book.before.get(id(statement), {})
        for name in translator.names.all(before.get(root(statement))):
            into = self.into(name, target, translator)
            if into is not None and isinstance(statement, ast.AugAssign):
                yield ast.AugAssign(target=into, op=statement.op, value=copy.deepcopy(value))
            elif into is not None and isinstance(target, ast.Subscript):
                yield ast.Assign(targets=[into], value=copy.deepcopy(value))
        if isinstance(target, ast.Name) and isinstance(statement, ast.Assign):
            for name in sorted(self.open):
                yield ast.Assign(targets=[ast.Name(id=name, ctx=ast.Store())], value=copy.deepcopy(value))
            yield from self.onto(value)

    @staticmethod
    def into(name: str, target: ast.expr, translator: Translator) -> Any:
        """Return what a line of the textbook writes to, where a name holds what the textbook's held before."""
        if not isinstance(target, ast.Subscript):
            return stored(name)
        index = translator.one(target.slice)
        return ast.Subscript(value=parse(name), slice=index, ctx=ast.Store()) if index is not None else None

    def onto(self, value: ast.expr) -> Iterator[Line]:
        """Give a value to each name that it is made of."""
        used = {n.id for n in ast.walk(value) if isinstance(n, ast.Name)}
        for name in sorted(used):
            if any(name in held for held in self.mine.before.values()):
                yield ast.Assign(targets=[ast.Name(id=name, ctx=ast.Store())], value=copy.deepcopy(value))
