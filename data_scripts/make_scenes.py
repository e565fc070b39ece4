"""Write the embedded picture set as CIFAR-10's seven files, so that any CIFAR-10 reader can load it.

    python data_scripts/make_scenes.py [--out FOLDER] [--pictures NUMBER]

Nothing is downloaded. A second run says that all is there; another number of pictures makes the files anew.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from cs231n_lib.data import cifar10, fetch, write_cifar_batches


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("scenes-batches-py"), help="folder (%(default)s)")
    parser.add_argument("--pictures", type=int, default=5000, help="to train with, a multiple of 50 (%(default)s)")
    chosen = parser.parse_args(arguments)
    if chosen.pictures % 50:
        sys.exit(f"--pictures is {chosen.pictures}; use a multiple of 50, for five batches of ten classes")
    try:
        with fetch.alone(chosen.out):
            made = make(chosen.out, chosen.pictures // 5)
    except (OSError, ValueError) as error:
        sys.exit(f"The scenes were not written: {error}")
    there = "are in" if made else "are already in"
    print(f"{chosen.pictures} training and {chosen.pictures // 5} test pictures {there} {chosen.out}")


def make(folder: Path, per_batch: int) -> bool:
    """Write the batches, unless they are there, whole and of this size; return whether they were written."""
    if fetch.has_sums(folder, cifar10.FILES) and len(cifar10.read_batch(folder / "test_batch")[1]) == per_batch:
        return False
    write_cifar_batches(folder, per_batch, bar=True)
    fetch.write_sums(folder, cifar10.FILES)
    return True


if __name__ == "__main__":
    main()
