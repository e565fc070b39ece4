"""Fetch MNIST (four files, 11 MB) where `cs231n_lib.data.load_mnist` looks for it.

    python data_scripts/get_mnist.py [--out FOLDER] [--from FOLDER]

A broken download goes on where it stopped; a second run says that all is there.
Source: Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, Gradient-based learning applied to document recognition, 1998.
"""

import argparse
import gzip
import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

from cs231n_lib.data import fetch, mnist

MIRRORS = ["https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/"]
# name: size and SHA-256 of the packed file, SHA-256 of what is inside
SUMS = {
    "train-images-idx3-ubyte.gz": (
        9912422,
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    ),
    "train-labels-idx1-ubyte.gz": (
        28881,
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    ),
    "t10k-images-idx3-ubyte.gz": (
        1648877,
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    ),
    "t10k-labels-idx1-ubyte.gz": (
        4542,
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ),
}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=mnist.default_dir(), help="folder for the files (%(default)s)")
    parser.add_argument(
        "--from", dest="given", type=Path, help="a folder that has the four files, instead of a download"
    )
    parser.add_argument("--mirror", action="append", help="where the folder is, instead; may be repeated")
    chosen = parser.parse_args(arguments)
    try:
        with fetch.alone(chosen.out):
            get(chosen.mirror or MIRRORS, chosen.out, chosen.given)
    except (OSError, ValueError) as error:
        sys.exit(f"MNIST was not fetched: {error}")
    if chosen.out != mnist.default_dir():
        print(f"Tell the lessons so: set CS231N_MNIST_DIR to {chosen.out.resolve()}")


def get(mirrors: Sequence[str], folder: Path, given: Path | None) -> None:
    """Bring the four files into the folder. A given file may be packed anew: then only what is inside is compared."""
    if fetch.has_sums(folder, list(SUMS)):
        print(f"MNIST is already in {folder}")
        return
    for name, (size, packed, inside) in SUMS.items():
        own = given / name if given else None
        repacked = own is not None and own.is_file() and fetch.sha256_of(own) != packed and _inside(own) == inside
        remote = fetch.Remote(name, [f"{mirror.rstrip('/')}/{name}" for mirror in mirrors], size, packed)
        path = fetch.fetch(fetch.Remote(name, []) if repacked else remote, folder, own)
        if _inside(path) != inside:
            path.unlink()
            raise ValueError(f"{name} holds other digits than the published file")
    mnist.load_mnist(folder)
    fetch.write_sums(folder, list(SUMS))
    print(f"MNIST is in {folder}")


def _inside(path: Path) -> str:
    """Return the SHA-256 of what a packed file holds."""
    try:
        return hashlib.sha256(gzip.decompress(path.read_bytes())).hexdigest()
    except (OSError, EOFError) as error:
        raise ValueError(f"{path} cannot be unpacked: {error}") from error


if __name__ == "__main__":
    main()
