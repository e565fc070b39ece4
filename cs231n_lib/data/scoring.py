"""Judge captions: by the facts of the scenes they are about, and by the sentences others wrote (BLEU)."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cs231n_lib.data.grammar import facts
from cs231n_lib.data.scenes import Spec

Words = list[str]


class Truth(NamedTuple):
    """Judge a list of captions, each number a mean over captions, from 0 to 1.

    precision: share of the stated facts that are true. A caption that says little may have 1.
    recall: share of the scene's facts that are stated. A caption that says everything twice over may have 1.
    score: true facts / max(stated, present): neither leaving facts out nor adding guesses can raise it.
    whole: share of captions of which every stated fact is true (and at least one is stated).
    complete: share of captions that state all facts of the scene, and nothing else.
    """

    precision: float
    recall: float
    score: float
    whole: float
    complete: float


def truth(captions: Sequence[str], scenes: Spec) -> Truth:
    """Judge caption i by scene i; see `Truth` for the numbers and `grammar.facts` for what a fact is.

    Raises: ValueError if there are not as many captions as scenes, or none.
    """
    if not len(captions) == len(scenes["count"]) > 0:
        raise ValueError(f"truth: {len(captions)} captions for {len(scenes['count'])} scenes; give one for each")
    judged = [facts(caption, scenes, i) for i, caption in enumerate(captions)]
    rows = [
        (
            f.precision,
            f.recall,
            f.true / max(f.stated, f.present),
            f.true == f.stated > 0,
            f.true == f.stated == f.present,
        )
        for f in judged
    ]
    return Truth(*(sum(column) / len(rows) for column in zip(*rows, strict=True)))


def bleu(captions: Sequence[str], references: Sequence[Sequence[str]], order: int = 4) -> float:
    """Measure how many runs of 1 .. order words the captions share with the reference sentences, in 0..1.

    The geometric mean, over the lengths n, of the share of the captions' runs of n words that also stand in one of
    their references (each as often at most as the reference that has it most often), over all captions together;
    times exp(1 - r / c) if the captions' c words are fewer than r, those of the references nearest in length.
    Words in angle brackets, such as <END>, are passed over.

    Shapes: captions, N texts; references, N lists of texts.
    Settings: order, 1 or more (default 4).
    Returns: BLEU; 0 if no run of some length is shared.
    Raises: ValueError if the numbers do not fit, a caption has no reference, or order is below 1.
    Source: Papineni et al. 2002, BLEU: a method for automatic evaluation of machine translation.
    """
    _check_bleu(captions, references, order)
    said = [_words(caption) for caption in captions]
    wanted = [[_words(reference) for reference in texts] for texts in references]
    shares = [_shared(said, wanted, n) for n in range(1, order + 1)]
    if min(shares) == 0:
        return 0.0
    length = sum(map(len, said))
    nearest = sum(_nearest(len(words), map(len, texts)) for words, texts in zip(said, wanted, strict=True))
    brevity = min(1.0, math.exp(1 - nearest / length))
    return brevity * math.exp(sum(map(math.log, shares)) / order)


def _shared(said: Sequence[Words], wanted: Sequence[Sequence[Words]], n: int) -> float:
    """Return the share of all runs of n words that the references confirm."""
    right = total = 0
    for words, texts in zip(said, wanted, strict=True):
        runs = _runs(words, n)
        most: Counter[tuple[str, ...]] = Counter()
        for text in texts:
            most |= _runs(text, n)  # of each run the largest count
        right += (runs & most).total()
        total += runs.total()
    return right / total if total else 0.0


def _runs(words: Words, n: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(words[i : i + n]) for i in range(len(words) - n + 1))


def _nearest(length: int, lengths: Iterable[int]) -> int:
    return min(lengths, key=lambda other: (abs(other - length), other))


def _words(text: str) -> Words:
    return [word for word in text.split() if not word.startswith("<")]


def _check_bleu(captions: Sequence[str], references: Sequence[Sequence[str]], order: int) -> None:
    if len(captions) != len(references) or not len(captions):
        raise ValueError(f"bleu: {len(captions)} captions and {len(references)} lists of references; give one for each")
    if not all(len(texts) and not isinstance(texts, str) for texts in references):
        raise ValueError("bleu: a caption has no references; give each a list of at least one text")
    if order < 1:
        raise ValueError(f"bleu: order is {order}; use 1 or more")
