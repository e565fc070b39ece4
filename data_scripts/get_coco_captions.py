"""Fetch the course's COCO captions and image features (1 GB) in the layout of assignment 3.

    python data_scripts/get_coco_captions.py [--out FOLDER] [--from FILE] [--sha256 SUM]

The course publishes no checksum of this archive: the script prints the one it found, and --sha256 compares it with
yours. A broken download goes on where it stopped; a second run says that all is there.
Source: T.-Y. Lin et al., Microsoft COCO: Common Objects in Context, 2014; features by CS231n assignment 3.
"""

import argparse
import os
import shutil
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

from cs231n_lib.data import cache, fetch

MIRRORS = ["http://cs231n.stanford.edu/coco_captioning.zip"]
FILES = [
    "coco2014_captions.h5",
    "coco2014_vocab.json",
    "train2014_images.txt",
    "train2014_urls.txt",
    "train2014_vgg16_fc7_pca.h5",
    "val2014_images.txt",
    "val2014_urls.txt",
    "val2014_vgg16_fc7_pca.h5",
]


def default_dir() -> Path:
    """Name the folder of the files: `CS231N_COCO_DIR`, else one beside the cache."""
    return Path(os.environ.get("CS231N_COCO_DIR") or cache.folder() / "coco_captioning")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=default_dir(), help="folder for the files (%(default)s)")
    parser.add_argument("--from", dest="given", type=Path, help="an archive you have already, instead of a download")
    parser.add_argument("--mirror", action="append", help="where the archive is, instead; may be repeated")
    parser.add_argument("--sha256", help="checksum that the archive must have")
    chosen = parser.parse_args(arguments)
    remote = fetch.Remote("coco_captioning.zip", chosen.mirror or MIRRORS, None, chosen.sha256)
    try:
        with fetch.alone(chosen.out):
            get(remote, chosen.out, chosen.given)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        sys.exit(f"The captions were not fetched: {error}")


def get(remote: fetch.Remote, folder: Path, given: Path | None) -> None:
    """Bring the files into the folder."""
    if fetch.has_sums(folder, FILES):
        print(f"The captions are already in {folder}")
        return
    archive = fetch.fetch(remote, folder, given)
    print(f"SHA-256 of the archive: {fetch.sha256_of(archive)}")
    unpack(archive, folder)
    fetch.write_sums(folder, FILES)
    archive.unlink()
    print(f"The captions are in {folder}")


def unpack(archive: Path, folder: Path) -> None:
    """Copy the files out of the archive by name, so that nothing in it can choose where to write."""
    with zipfile.ZipFile(archive) as packed:
        needed = sum(packed.getinfo(f"coco_captioning/{name}").file_size for name in FILES)
        if shutil.disk_usage(folder).free < needed:
            raise ValueError(f"{folder} has too little space; the files need {needed >> 20} MB")
        for name in FILES:
            temporary = folder / f"{name}.tmp"
            with packed.open(f"coco_captioning/{name}") as source, open(temporary, "wb") as target:
                shutil.copyfileobj(source, target)
            os.replace(temporary, folder / name)


if __name__ == "__main__":
    main()
