"""Where official notebooks' data are: as they say, else in CS231N_CIFAR10_DIR, else below CS231N_DATASETS_DIR."""

import os
from pathlib import Path

from cs231n_lib.data import cifar10, coco


def datasets_folder() -> Path | None:
    """Return the folder named by CS231N_DATASETS_DIR, which has what the assignments keep in cs231n/datasets."""
    named = os.environ.get("CS231N_DATASETS_DIR")
    return Path(named) if named else None


def cifar10_folder(given: str | os.PathLike) -> Path:
    """Return the folder of CIFAR-10's batches.

    Raises: ValueError that names every folder looked at.
    """
    folders = [Path(given)]
    below = datasets_folder()
    if below and not os.environ.get("CS231N_CIFAR10_DIR"):
        folders.append(below / "cifar-10-batches-py")
    else:
        folders.append(cifar10.default_dir())  # CS231N_CIFAR10_DIR, or where get_cifar10.py puts it
    for folder in folders:
        if (folder / "test_batch").is_file():
            return folder
    looked = " nor ".join(map(str, dict.fromkeys(folders)))
    raise ValueError(f"there is no CIFAR-10 in {looked}. {cifar10.FETCH}, or name its folder in CS231N_CIFAR10_DIR")


def data_file(name: str, what: str) -> Path:
    """Return the path of a file of cs231n/datasets.

    Raises: ValueError that names every folder looked at.
    """
    folders = [Path("cs231n/datasets"), *filter(None, [datasets_folder()])]
    for folder in folders:
        if (folder / name).exists():
            return folder / name
    looked = " nor ".join(map(str, folders))
    raise ValueError(f"{name} ({what}) is not in {looked}; name the folder that has it in CS231N_DATASETS_DIR")


def coco_folder(given: str | os.PathLike) -> Path:
    """Return the folder of COCO's captions; where no place has it, the one that get_coco_captions.py fills."""
    if (Path(given) / coco.CAPTIONS).is_file():
        return Path(given)
    below = datasets_folder()
    if below and not os.environ.get("CS231N_COCO_DIR"):
        return below / "coco_captioning"
    return coco.default_dir()
