"""The course's own files of captions and features: read them, or write our scenes in their layout.

A folder holds coco2014_captions.h5 (captions and image numbers of both splits), coco2014_vocab.json (the words), and
for each split its features, train2014_vgg16_fc7_pca.h5 (or without _pca), and train2014_urls.txt, a line an image.
Our own scenes in this layout are a drop-in for the real ones, and the other way round.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from cs231n_lib.data import cache
from cs231n_lib.safety import written_whole

CAPTIONS, VOCABULARY = "coco2014_captions.h5", "coco2014_vocab.json"
SPLITS = ("train", "val")
HINT = "fetch the course's files with: python data_scripts/get_coco_captions.py, or write our own: write_coco_layout"


def default_dir() -> Path:
    """Name the folder of the files: `CS231N_COCO_DIR`, else one in the cache."""
    return Path(os.environ.get("CS231N_COCO_DIR") or cache.folder() / "coco_captioning")


def load_coco_data(
    base_dir: str | os.PathLike | None = None,
    max_train: int | None = None,
    pca_features: bool = True,
    rng: int | np.random.Generator | None = None,
) -> dict[str, Any]:
    """Load captions, features, words and addresses, as the course's function of this name does.

    Settings: base_dir, the folder (default `default_dir()`); max_train, so many training captions drawn with
        replacement (default None, all; features stay whole); pca_features, the 512 numbers an image instead of the
        4096 (default True); rng, a seed or Generator for max_train (default: NumPy's global random numbers, which
        np.random.seed sets).
    Returns: dict with, under each of "train_" and "val_", captions (M, T) int, image_idxs (M,) int, features
        (images, D) float32, urls (images,) text; idx_to_word, a list; word_to_idx, a dict.
    Raises: ValueError if a file is missing, damaged, or its parts do not fit together.
    Source: CS231n assignment 3, coco_utils.py.
    """
    folder = default_dir() if base_dir is None else Path(base_dir)
    kind = "_pca" if pca_features else ""
    names = [f"{split}_{part}" for split in SPLITS for part in ("captions", "image_idxs")]
    data: dict[str, Any] = _read_h5(folder / CAPTIONS, dict.fromkeys(names, "i"))
    data |= _read_vocabulary(folder / VOCABULARY)
    for split in SPLITS:
        path = folder / f"{split}2014_vgg16_fc7{kind}.h5"
        data[f"{split}_features"] = _read_h5(path, {"features": "f"})["features"]
        data[f"{split}_urls"] = np.asarray(_read(folder / f"{split}2014_urls.txt").splitlines())
        _check_split(folder, data, split)
    if max_train is not None:
        rows = _draw(rng, len(data["train_captions"]), max_train)
        for name in ("train_captions", "train_image_idxs"):
            data[name] = data[name][rows]
    return data


def sample_coco_minibatch(
    data: dict[str, Any],
    batch_size: int = 100,
    split: str = "train",
    rng: int | np.random.Generator | None = None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw captions with replacement, and with each the features and the address of its image.

    Settings: batch_size (default 100); split "train" (default) or "val"; rng as in `load_coco_data`.
    Returns: captions (batch_size, T), features (batch_size, D), urls (batch_size,).
    Raises: ValueError for another split.
    Source: CS231n assignment 3, coco_utils.py.
    """
    if f"{split}_captions" not in data:
        raise ValueError(f"sample_coco_minibatch: split is {split!r}; use one of {', '.join(SPLITS)}")
    rows = _draw(rng, len(data[f"{split}_captions"]), batch_size)
    images = data[f"{split}_image_idxs"][rows]
    return data[f"{split}_captions"][rows], data[f"{split}_features"][images], data[f"{split}_urls"][images]


def write_coco_layout(data: dict[str, Any], folder: str | os.PathLike) -> Path:
    """Write what `nets.attributes.add_features` returned as the course's files.

    The features stand in the files of PCA features. The addresses are scenes:train/0, scenes:train/1, ...; the pictures
    behind them are kept beside, and `scene_picture` finds them.

    Returns: the folder.
    Raises: ValueError if data lack captions, features or words.
    """
    import h5py

    wanted = [f"{split}_{part}" for split in SPLITS for part in ("captions", "image_idxs", "features", "images")]
    missing = [name for name in [*wanted, "idx_to_word", "word_to_idx"] if name not in data]
    if missing:
        raise ValueError(f"write_coco_layout: data has no {missing[0]!r}; give add_features(load_captions(...))")
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    captions = {name: data[name] for name in wanted if name.endswith(("captions", "image_idxs"))}
    contents = {CAPTIONS: captions}
    contents |= {f"{split}2014_vgg16_fc7_pca.h5": {"features": data[f"{split}_features"]} for split in SPLITS}
    for name, arrays in contents.items():
        with written_whole(folder / name) as file, h5py.File(file, "w") as h5:
            for key, array in arrays.items():
                h5[key] = array
    words = {key: data[key] for key in ("idx_to_word", "word_to_idx")}
    _write(folder / VOCABULARY, json.dumps(words).encode())
    for split in SPLITS:
        urls = [f"scenes:{split}/{i}\n" for i in range(len(data[f"{split}_features"]))]
        _write(folder / f"{split}2014_urls.txt", "".join(urls).encode())
        with written_whole(folder / f"{split}2014_pictures.npy") as file:
            np.save(file, data[f"{split}_images"])
    return folder


def scene_picture(url: str, base_dir: str | os.PathLike | None = None) -> np.ndarray:
    """Return the picture behind an address that `write_coco_layout` wrote: (H, W, 3) uint8.

    Raises: ValueError for any other address, or if the pictures are gone.
    """
    folder = default_dir() if base_dir is None else Path(base_dir)
    split, _, number = url.removeprefix("scenes:").partition("/")
    if not url.startswith("scenes:") or split not in SPLITS or not number.isdecimal():
        raise ValueError(f"scene_picture: {url!r} is no address of a scene; they look like scenes:train/0")
    path = folder / f"{split}2014_pictures.npy"
    pictures = _try(path, lambda: np.load(path, mmap_mode="r", allow_pickle=False))
    if int(number) >= len(pictures):
        raise ValueError(f"scene_picture: {url!r}, but {path} has {len(pictures)} pictures")
    return np.array(pictures[int(number)])


def _draw(rng: int | np.random.Generator | None, high: int, size: int) -> np.ndarray:
    if rng is None:
        return np.random.randint(high, size=size)  # as the course does, so that np.random.seed governs it
    return np.random.default_rng(rng).integers(high, size=size)


def _read_h5(path: Path, wanted: dict[str, str]) -> dict[str, np.ndarray]:
    """Read data sets by name; `wanted` gives the kind of numbers, "i" or "f"."""
    import h5py

    def read():
        with h5py.File(path, "r") as file:
            missing = [name for name in wanted if not isinstance(file.get(name, getlink=True), h5py.HardLink)]
            if missing:
                raise ValueError(f"it has no data set {missing[0]!r}, only {sorted(file)}")
            return {name: np.asarray(file[name]) for name in wanted}

    arrays = _try(path, read)
    for name, array in arrays.items():
        if array.dtype.kind not in {"i": "iu", "f": "f"}[wanted[name]]:
            raise ValueError(f"{path}: {name} holds {array.dtype}; it should be numbers of kind {wanted[name]!r}")
    return arrays


def _read_vocabulary(path: Path) -> dict[str, Any]:
    vocabulary = _try(path, lambda: json.loads(_read(path)))
    known = vocabulary if isinstance(vocabulary, dict) else {}
    words, numbers = known.get("idx_to_word"), known.get("word_to_idx")
    if not isinstance(words, list) or numbers != {word: i for i, word in enumerate(words)}:
        raise ValueError(f"{path}: idx_to_word and word_to_idx do not say the same; {HINT}")
    return {"idx_to_word": words, "word_to_idx": numbers}


def _check_split(folder: Path, data: dict[str, Any], split: str) -> None:
    """Refuse parts that do not belong together."""
    captions, images, features, urls = (data[f"{split}_{n}"] for n in ("captions", "image_idxs", "features", "urls"))
    words = len(data["idx_to_word"])
    wrong = None
    if captions.ndim != 2 or images.shape != captions.shape[:1] or features.ndim != 2:
        wrong = f"captions {captions.shape}, image_idxs {images.shape}, features {features.shape}"
    elif len(captions) and not (captions.min() >= 0 and captions.max() < words):
        wrong = f"captions with word {captions.max()}, but the vocabulary has {words} words"
    elif len(images) and not (images.min() >= 0 and images.max() < len(features)):
        wrong = f"captions of image {images.max()}, but features of {len(features)} images"
    elif len(urls) != len(features):
        wrong = f"{len(urls)} addresses for features of {len(features)} images"
    if wrong:
        raise ValueError(f"{folder}: the files of {split!r} do not belong together: {wrong}; {HINT}")


def _read(path: Path) -> str:
    return _try(path, lambda: path.read_text(encoding="utf-8"))


def _write(path: Path, content: bytes) -> None:
    with written_whole(path) as file:
        file.write(content)


def _try(path: Path, read: Callable[[], Any]) -> Any:
    """Run `read`; whatever goes wrong, say which file it was and what to do."""
    try:
        return read()
    except FileNotFoundError as error:
        raise ValueError(f"{path} is missing; {HINT}") from error
    except Exception as error:  # damage has many names: OSError, KeyError, RuntimeError, UnicodeDecodeError ...
        raise ValueError(f"{path} cannot be read: {error}; {HINT}") from error
