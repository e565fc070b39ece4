"""Load captioned pictures in one call, laid out as the course lays out its captions."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from cs231n_lib.data import scenes
from cs231n_lib.data.grammar import WORDS, sentence
from cs231n_lib.data.pictures import check_number, pictures

LENGTH = 17  # words of an encoded caption, <START> and <END> included, as in the course's COCO files
REFERENCES = 5
IDX_TO_WORD = ["<NULL>", "<START>", "<END>", "<UNK>", *WORDS]
WORD_TO_IDX = {word: idx for idx, word in enumerate(IDX_TO_WORD)}


def load_captions(
    num_train: int = 5000, num_val: int = 500, *, size: int = 64, objects: str = "two", references: int = REFERENCES
) -> dict[str, Any]:
    """Load pictures of one or two objects, with true sentences about each.

    size: pixels along one side, 8..128, default 64.
    objects: "one", "two" or "mixed" (three pictures in four have two).
    references: sentences per picture, 1..5, default 5.
    Returns: dict with idx_to_word (list), word_to_idx (dict) and, under each of the prefixes "train_" and "val_":
        images (N, size, size, 3) uint8; sentences, N lists of text; captions (M, 17) int32, M = N * references, the
        same sentences encoded (see `encode`); image_idxs (M,) int32, the picture each caption belongs to; scenes, the
        spec, by which `grammar.facts` judges any sentence.
    Raises: ValueError for a setting or number outside these.
    """
    numbers = {"train": num_train, "val": num_val}
    for split, number in numbers.items():
        check_number(f"load_captions: num_{split}", number, 1, scenes.CAPACITY[split])
    check_number("load_captions: references", references, 1, REFERENCES)
    data: dict[str, Any] = {"idx_to_word": list(IDX_TO_WORD), "word_to_idx": dict(WORD_TO_IDX)}
    for split, number in numbers.items():
        images, spec = pictures(partial(scenes.draw_captioned, objects=objects), split, number, size)
        sentences = [[sentence(spec, i, reference) for reference in range(references)] for i in range(number)]
        data |= {
            f"{split}_images": images,
            f"{split}_sentences": sentences,
            f"{split}_captions": encode([text for texts in sentences for text in texts]),
            f"{split}_image_idxs": np.repeat(np.arange(number, dtype=np.int32), references),
            f"{split}_scenes": spec,
        }
    return data


def encode(sentences: Sequence[str]) -> np.ndarray:
    """Turn sentences of up to 15 words into word numbers: <START>, the words, <END>, then <NULL>.

    Returns: (M, 17) int32.
    """
    captions = np.zeros((len(sentences), LENGTH), np.int32)
    for row, text in zip(captions, sentences, strict=True):
        words = ["<START>", *text.split(), "<END>"]
        if len(words) > LENGTH:
            raise ValueError(f"encode: a sentence has {len(words) - 2} words; use at most {LENGTH - 2}")
        row[: len(words)] = [WORD_TO_IDX.get(word, WORD_TO_IDX["<UNK>"]) for word in words]
    return captions


def decode_captions(captions: np.ndarray, idx_to_word: Sequence[str]) -> str | list[str]:
    """Turn word numbers into text: <NULL> is passed over, and nothing follows <END>, which is kept.

    Shapes: captions (T,) or (N, T).
    Returns: one text for (T,), a list of N texts for (N, T).
    Raises: ValueError for another number of axes, or a word that idx_to_word does not have.
    Source: CS231n assignment 3, coco_utils.py.
    """
    captions = np.asarray(captions)
    if captions.ndim not in (1, 2):
        raise ValueError(f"decode_captions: captions have shape {captions.shape}; use (T,) or (N, T)")
    if captions.size and not (captions.min() >= 0 and captions.max() < len(idx_to_word)):
        raise ValueError(
            f"decode_captions: words {captions.min()} .. {captions.max()}; idx_to_word has {len(idx_to_word)} words"
        )
    texts = [_text([idx_to_word[number] for number in row]) for row in np.atleast_2d(captions)]
    return texts[0] if captions.ndim == 1 else texts


def _text(words: list[str]) -> str:
    end = words.index("<END>") + 1 if "<END>" in words else len(words)
    return " ".join(word for word in words[:end] if word != "<NULL>")
