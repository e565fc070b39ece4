"""Describe captioned scenes in English, and judge any sentence by the scene.

    sentence = noun | noun relation noun
    noun     = a|an [small|large] colour shape
    relation = left of | right of | above | below | and

A noun states two or three facts (shape, colour, size if named), a relation other than "and" states one. `facts` counts
how many of a sentence's facts are true, so a program can tell a right caption from a fluent one.
"""

from itertools import permutations
from typing import NamedTuple

from cs231n_lib.data.scenes import COLOUR_NAMES, LEAST_LARGE, Spec
from cs231n_lib.data.shapes import SHAPE_NAMES

SIZES = ["small", "large"]
RELATIONS = ["left of", "right of", "above", "below", "and"]
WORDS = ["a", "an", *SIZES, *COLOUR_NAMES, *SHAPE_NAMES, "left", "right", "of", "above", "below", "and"]
APART = 200  # a relation holds if the centres are further apart than this, in thousandths of half the picture


class Noun(NamedTuple):
    size: str | None
    colour: str
    shape: str


class Facts(NamedTuple):
    """Count facts: those of a sentence that are true, all it states, all the scene holds."""

    true: int
    stated: int
    present: int

    @property
    def precision(self) -> float:
        """Share of the stated facts that are true; 0 for a sentence that states none."""
        return self.true / max(self.stated, 1)

    @property
    def recall(self) -> float:
        """Share of the scene's facts that the sentence states."""
        return self.true / self.present


def sentence(scene: Spec, i: int, reference: int = 0) -> str:
    """Write one of five true sentences about scene i; the scene's own integers choose its words."""
    order, first_size, second_size, relate = (int(number) for number in scene["wording"][i, reference])
    if scene["count"][i] == 1:
        return _phrase(_noun(scene, i, 0), first_size < 700)
    one, other = (0, 1) if order < 500 else (1, 0)
    true = relations(scene, i, one, other)
    relation = true[relate % len(true)] if true and relate < 850 else "and"
    first = _phrase(_noun(scene, i, one), first_size < 700)
    return f"{first} {relation} {_phrase(_noun(scene, i, other), second_size < 500)}"


def relations(scene: Spec, i: int, one: int, other: int) -> list[str]:
    """List the relations that hold for object `one` as seen from object `other` of scene i."""
    right = scene["x"][i, one] - scene["x"][i, other]
    down = scene["y"][i, one] - scene["y"][i, other]
    holds = [right < -APART, right > APART, down < -APART, down > APART]
    return [relation for relation, true in zip(RELATIONS, holds, strict=False) if true]


def parse(caption: str) -> tuple[list[Noun], str | None] | None:
    """Read a sentence: its nouns and the relation between them (None for one noun); None if it is outside the grammar.

    Words in angle brackets, such as <END>, are passed over.
    """
    text = " ".join(word for word in caption.split() if not word.startswith("<"))
    relation = next((r for r in RELATIONS if f" {r} " in text), None)
    parts = text.split(f" {relation} ", 1) if relation else [text]
    nouns = [noun for part in parts if (noun := _read_noun(part.split()))]
    return (nouns, relation) if len(nouns) == len(parts) else None


def facts(caption: str, scene: Spec, i: int) -> Facts:
    """Judge a sentence by scene i, matching its nouns to objects as kindly as possible, each object once.

    A sentence outside the grammar states nothing.
    """
    count = int(scene["count"][i])
    present = 3 * count + (count == 2)
    parsed = parse(caption)
    if parsed is None:
        return Facts(0, 0, present)
    nouns, relation = parsed
    stated = sum(2 + (noun.size is not None) for noun in nouns) + (relation not in (None, "and"))
    things = [*range(count), *[None] * (len(nouns) - count)]  # a noun too many matches nothing
    matches = permutations(things, len(nouns))
    return Facts(max(_true_facts(nouns, relation, scene, i, match) for match in matches), stated, present)


def _true_facts(nouns: list[Noun], relation: str | None, scene: Spec, i: int, match: tuple[int | None, ...]) -> int:
    pairs = [(noun, which) for noun, which in zip(nouns, match, strict=True) if which is not None]
    true = sum(said == seen for noun, which in pairs for said, seen in zip(noun, _noun(scene, i, which), strict=True))
    related = len(pairs) == 2 and relation in relations(scene, i, pairs[0][1], pairs[1][1])
    return true + related


def _noun(scene: Spec, i: int, which: int) -> Noun:
    size = SIZES[int(scene["size"][i, which] >= LEAST_LARGE)]
    return Noun(size, COLOUR_NAMES[scene["colour"][i, which]], SHAPE_NAMES[scene["shape"][i, which]])


def _phrase(noun: Noun, with_size: bool) -> str:
    words = f"{noun.size} {noun.colour} {noun.shape}" if with_size else f"{noun.colour} {noun.shape}"
    return ("an " if words[0] in "aeiou" else "a ") + words


def _read_noun(words: list[str]) -> Noun | None:
    if len(words) not in (3, 4) or words[0] not in ("a", "an"):
        return None
    size, colour, shape = words[1] if len(words) == 4 else None, *words[-2:]
    known = size in (None, *SIZES) and colour in COLOUR_NAMES and shape in SHAPE_NAMES
    return Noun(size, colour, shape) if known else None
