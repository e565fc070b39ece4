"""Assignments 1 to 3: CIFAR-10 and others as float64, found where this library keeps its data."""

import os
import zipfile
from pathlib import Path

import numpy as np

from cs231n_lib.data import cifar10, pickles
from cs231n_lib.official import places


def load_pickle(f):
    """Read a pickle from an open file, byte strings as text; it may hold containers, numbers and arrays, no code."""
    return pickles.load(f, encoding="latin1")


def load_CIFAR_batch(filename):
    """Read a batch: X (10000, 32, 32, 3) float64, Y (10000,)."""
    images, labels = cifar10.read_batch(Path(filename))
    return images.astype(np.float64), labels


def load_CIFAR10(ROOT):
    """Read all batches: Xtr (50000, 32, 32, 3) float64, Ytr, Xte (10000, ...), Yte.

    Batch after batch is written into its place, so that hardly more than the 1.5 GB of the result are needed.
    """
    folder = places.cifar10_folder(ROOT)
    Ytr = [cifar10.read_batch(folder / name)[1] for name in cifar10.TRAIN_FILES]
    Xtr = np.empty((sum(map(len, Ytr)), 32, 32, 3))
    start = 0
    for name, labels in zip(cifar10.TRAIN_FILES, Ytr, strict=True):
        Xtr[start : start + len(labels)] = cifar10.read_batch(folder / name)[0]
        start += len(labels)
    return Xtr, np.concatenate(Ytr), *load_CIFAR_batch(folder / "test_batch")


def get_CIFAR10_data(num_training=49000, num_validation=1000, num_test=1000, subtract_mean=True):
    """Read pictures (N, 3, 32, 32) float64 without their mean, for the Solver.

    Returns: X_train, y_train; X_val, y_val: the rows behind the training rows; X_test, y_test.
    """
    folder = places.cifar10_folder("cs231n/datasets/cifar-10-batches-py")
    train = [cifar10.read_batch(folder / name) for name in cifar10.TRAIN_FILES]
    images, labels = (np.concatenate(parts) for parts in zip(*train, strict=True))
    test_images, test_labels = cifar10.read_batch(folder / "test_batch")
    end = num_training + num_validation
    splits = {
        "train": (images[:num_training], labels[:num_training]),
        "val": (images[num_training:end], labels[num_training:end]),
        "test": (test_images[:num_test], test_labels[:num_test]),
    }
    data = {}
    for split, (X, y) in splits.items():
        data[f"X_{split}"] = X.transpose(0, 3, 1, 2).astype(np.float64, order="C")
        data[f"y_{split}"] = y
    mean = data["X_train"].mean(axis=0) if subtract_mean else 0.0
    for split in splits:
        data[f"X_{split}"] -= mean
    return data


def load_tiny_imagenet(path, dtype=np.float32, subtract_mean=True):
    """Read Tiny ImageNet's folder: class_names, X_train, y_train, X_val, y_val, X_test, y_test (or None), mean_image.

    Shapes: pictures (N, 3, 64, 64).
    """
    root = Path(path)
    wnids = (root / "wnids.txt").read_text(encoding="utf-8").split()
    label_of = {wnid: label for label, wnid in enumerate(wnids)}
    words = dict(line.split("\t") for line in (root / "words.txt").read_text(encoding="utf-8").splitlines())
    train = [(file, label_of[wnid]) for wnid in wnids for file in _listed(root / "train" / wnid, f"{wnid}_boxes.txt")]
    train = [(root / "train" / wnids[label] / "images" / file, label) for file, label in train]
    rows = (root / "val" / "val_annotations.txt").read_text(encoding="utf-8").splitlines()
    val = [(root / "val" / "images" / row.split("\t")[0], label_of[row.split("\t")[1]]) for row in rows]
    tests = sorted((root / "test" / "images").iterdir())
    named = root / "test" / "test_annotations.txt"
    labels = dict(row.split("\t")[:2] for row in named.read_text().splitlines()) if named.is_file() else {}
    data = {
        "class_names": [[word.strip() for word in words[wnid].split(",")] for wnid in wnids],
        "X_train": _pictures([file for file, _ in train], dtype),
        "y_train": np.array([label for _, label in train]),
        "X_val": _pictures([file for file, _ in val], dtype),
        "y_val": np.array([label for _, label in val]),
        "X_test": _pictures(tests, dtype),
        "y_test": np.array([label_of[labels[file.name]] for file in tests]) if labels else None,
    }
    data["mean_image"] = data["X_train"].mean(axis=0)
    for name in ("X_train", "X_val", "X_test"):
        data[name] -= data["mean_image"] if subtract_mean else 0
    return data


def load_models(models_dir):
    """Read the models of a folder of pickles by file name; those of classes, which would run code, are refused."""
    models = {}
    for name in sorted(os.listdir(models_dir)):
        with open(os.path.join(models_dir, name), "rb") as file:
            models[name] = load_pickle(file)["model"]
    return models


def load_imagenet_val(num=None):
    """Read imagenet_val_25.npz: X (25, 224, 224, 3) uint8, y (25,), class_names (label -> name).

    num: how many of the 25, default all.
    """
    path = places.data_file("imagenet_val_25.npz", "the pictures of ImageNet that the assignment comes with")
    with zipfile.ZipFile(path) as packed:
        arrays = {}
        for name in ("X", "y", "label_map"):
            with packed.open(f"{name}.npy") as file:
                arrays[name] = pickles.read_npy(file)
    return arrays["X"][:num], arrays["y"][:num], arrays["label_map"].item()


def _listed(folder, boxes):
    return [row.split("\t")[0] for row in (folder / boxes).read_text(encoding="utf-8").splitlines()]


def _pictures(files, dtype):
    from PIL import Image

    X = np.empty((len(files), 3, 64, 64), dtype)
    for x, file in zip(X, files, strict=True):
        with Image.open(file) as picture:
            x[:] = np.asarray(picture.convert("RGB")).transpose(2, 0, 1)
    return X


__all__ = [
    "get_CIFAR10_data",
    "load_CIFAR10",
    "load_CIFAR_batch",
    "load_imagenet_val",
    "load_models",
    "load_pickle",
    "load_tiny_imagenet",
]
