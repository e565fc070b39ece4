"""Write the embedded picture set as CIFAR-10's seven files, so that any CIFAR-10 reader can load it.

python data_scripts/make_scenes.py [--out FOLDER] [--pictures NUMBER]
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
        write_cifar_batches(chosen.out, chosen.pictures // 5)
        fetch.write_sums(chosen.out, cifar10.FILES)
    except (OSError, ValueError) as error:
        sys.exit(f"The scenes were not written: {error}")
    print(f"{chosen.pictures} training and {chosen.pictures // 5} test pictures are in {chosen.out}")


if __name__ == "__main__":
    main()
