"""Fetch CIFAR-10 (170 MB) and unpack it where the lessons look for it.

    python data_scripts/get_cifar10.py [--out FOLDER] [--layout python|binary|both] [--from FILE]

Afterwards CS231N_DATA=cifar10 (or load_images(source="cifar10")) reads it in place of the embedded picture set. A
broken download goes on where it stopped; a second run says that all is there.
Source: A. Krizhevsky, "Learning multiple layers of features from tiny images", 2009.
"""

import argparse
import hashlib
import os
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from cs231n_lib.data import cifar10, fetch

ARCHIVE = fetch.Remote(
    "cifar-10-python.tar.gz",
    ["https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz"],
    170498071,
    "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
)
# MD5 sums of the files inside, as published with torchvision and others
PUBLISHED = {
    "data_batch_1": "c99cafc152244af753f735de768cd75f",
    "data_batch_2": "d4bba439e000b95fd0a9bffe97cbabec",
    "data_batch_3": "54ebc095f3ab1f0389bbae665268c751",
    "data_batch_4": "634d18415352ddfa80567beed471001a",
    "data_batch_5": "482c414d41f54cd18b22e5b47cb7c3cb",
    "test_batch": "40351d587109b95175f43aff81a1287e",
    "batches.meta": "5ff9c542aee3614f3951f8cda6e48888",
}
BINARY = [f"{name}.bin" for name in cifar10.FILES[:-1]] + ["batches.meta.txt"]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=cifar10.default_dir(), help="folder for the batches (%(default)s)")
    parser.add_argument("--layout", choices=["python", "binary", "both"], default="python", help="default python")
    parser.add_argument("--from", dest="given", type=Path, help="an archive you have already, instead of a download")
    parser.add_argument("--mirror", action="append", help="where the archive is, instead; may be repeated")
    parser.add_argument("--sha256", default=ARCHIVE.sha256, help="checksum of the archive (default the official one)")
    chosen = parser.parse_args(arguments)
    official = chosen.sha256 == ARCHIVE.sha256
    size = ARCHIVE.size if official else None
    remote = fetch.Remote(ARCHIVE.name, chosen.mirror or ARCHIVE.mirrors, size, chosen.sha256)
    try:
        with fetch.alone(chosen.out):
            get(remote, chosen.out, chosen.given, chosen.layout, official)
    except (OSError, ValueError, KeyError, tarfile.TarError) as error:
        sys.exit(f"CIFAR-10 was not fetched: {error}")
    if chosen.out != cifar10.default_dir():
        print(f"Tell the lessons so: set CS231N_CIFAR10_DIR to {chosen.out.resolve()}")


def get(remote: fetch.Remote, folder: Path, given: Path | None, layout: str, official: bool) -> None:
    """Bring the batches into the folder, in Python's layout and, if asked for, in the binary one."""
    if fetch.has_sums(folder, cifar10.FILES):
        print(f"CIFAR-10 is already in {folder}")
    else:
        archive = fetch.fetch(remote, folder, given)
        unpack(archive, folder, official)
        fetch.write_sums(folder, cifar10.FILES)
        archive.unlink()
        print(f"CIFAR-10 is in {folder}")
    if layout != "python":
        write_binary(folder)
        print(f"The binary layout is in {folder}, too")


def unpack(archive: Path, folder: Path, official: bool) -> None:
    """Copy the seven files out of the archive by name, so that nothing in it can choose where to write."""
    with tarfile.open(archive) as tar:
        for name in cifar10.FILES:
            member = tar.extractfile(tar.getmember(f"cifar-10-batches-py/{name}"))
            if member is None:
                raise ValueError(f"{name} in {archive} is not a file")
            content = member.read()
            if official and hashlib.md5(content).hexdigest() != PUBLISHED[name]:
                raise ValueError(f"{name} in {archive} is not the published one")
            temporary = folder / f"{name}.tmp"
            temporary.write_bytes(content)
            os.replace(temporary, folder / name)
    for name in cifar10.FILES[:-1]:
        cifar10.read_batch(folder / name)
    cifar10.read_class_names(folder / cifar10.FILES[-1])


def write_binary(folder: Path) -> None:
    """Write the binary layout beside Python's: of each picture its label, then 1024 red, green and blue bytes."""
    for name in cifar10.FILES[:-1]:
        images, labels = cifar10.read_batch(folder / name)
        rows = images.transpose(0, 3, 1, 2).reshape(len(images), 3072)
        _write(folder / f"{name}.bin", np.hstack([labels.astype(np.uint8)[:, None], rows]).tobytes())
    names = cifar10.read_class_names(folder / "batches.meta")
    _write(folder / "batches.meta.txt", ("\n".join(names) + "\n\n").encode())


def _write(path: Path, content: bytes) -> None:
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_bytes(content)
    os.replace(temporary, path)


if __name__ == "__main__":
    main()
