"""Fetch CIFAR-10 (170 MB) and unpack it where the lessons look for it.

    python data_scripts/cifar10.py [--dest FOLDER]

Afterwards CS231N_DATA=cifar10 (or load_images(source="cifar10")) reads it in place of the embedded picture set.
Source: A. Krizhevsky, "Learning multiple layers of features from tiny images", 2009.
"""

import argparse
import os
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path

from cs231n_lib.data import cifar10

URL = "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz"
CHECKSUM = "sha256:6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce"  # of all 170498071 bytes


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dest", type=Path, default=cifar10.default_dir(), help="folder for the batches (%(default)s)")
    parser.add_argument("--url", default=URL, help="where the archive is (%(default)s)")
    parser.add_argument("--checksum", default=CHECKSUM, help="its checksum, algorithm:hex (%(default)s)")
    chosen = parser.parse_args(arguments)
    try:
        fetch(chosen.url, chosen.checksum, chosen.dest)
    except (OSError, ValueError, KeyError, tarfile.TarError) as error:
        sys.exit(f"CIFAR-10 was not fetched: {error}")
    print(f"CIFAR-10 is in {chosen.dest}")
    if chosen.dest != cifar10.default_dir():
        print(f"Tell the lessons so: set CS231N_CIFAR10_DIR to {chosen.dest.resolve()}")


def fetch(url: str, checksum: str, folder: Path) -> None:
    """Download the archive with a progress bar, compare its checksum, unpack it, read every file once."""
    import pooch

    folder.mkdir(parents=True, exist_ok=True)
    archive = Path(pooch.retrieve(url, checksum, fname="download.tar.gz", path=folder, progressbar=True))
    unpack(archive, folder)
    archive.unlink()
    for name in cifar10.FILES[:-1]:
        cifar10.read_batch(folder / name)
    cifar10.read_class_names(folder / cifar10.FILES[-1])


def unpack(archive: Path, folder: Path) -> None:
    """Copy the seven files out of the archive by name, so that nothing in it can choose where to write."""
    with tarfile.open(archive) as tar:
        for name in cifar10.FILES:
            member = tar.extractfile(f"cifar-10-batches-py/{name}")
            if member is None:
                raise ValueError(f"{name} in {archive} is not a file")
            temporary = folder / f"{name}.tmp"
            temporary.write_bytes(member.read())
            os.replace(temporary, folder / name)


if __name__ == "__main__":
    main()
