"""Fetch a file so that nothing is lost and nothing wrong is accepted: mirrors, resuming, checksum, whole or not at all.

A download grows in NAME.part, whichever mirror it comes from, and takes its name once its SHA-256 is right. A process
that was killed leaves the part, and the next one goes on from it. Two at once wait for each other.
"""

import contextlib
import hashlib
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import requests

BLOCK = 1 << 15  # bytes read at a time; so many at most are lost when a connection breaks
PATIENCE = 30.0  # seconds without a byte until a mirror is given up


@dataclass(frozen=True)
class Remote:
    """A file on the network: its name here, addresses that have it, its size in bytes and SHA-256 where they are known.

    Without a known checksum only the size is compared.
    """

    name: str
    mirrors: Sequence[str]
    size: int | None = None
    sha256: str | None = None


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file in hex."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fetch(remote: Remote, folder: Path, given: Path | None = None, patience: float = PATIENCE) -> Path:
    """Return the path of the file in `folder`; download it, or copy it from `given`, unless it is there already.

    patience: seconds without a byte until a mirror is given up.
    Raises: ValueError if no mirror gave the right file, with what each of them did; if `given` is another file; if the
        disk is too small.
    """
    from filelock import FileLock

    folder.mkdir(parents=True, exist_ok=True)
    target = folder / remote.name
    with FileLock(f"{target}.lock"):
        if not (target.exists() and _is_right(target, remote)):
            _check_space(folder, remote)
            part = folder / f"{remote.name}.part"
            if given is not None:
                _copy(given, part, remote)
            else:
                _download(remote, part, patience)
            os.replace(part, target)
    return target


def _download(remote: Remote, part: Path, patience: float) -> None:
    complaints = []
    for url in remote.mirrors:
        try:
            _receive(url, part, remote, patience)
        except OSError as error:  # requests' errors are OSErrors
            complaints.append(f"{url}: {_short(error)}")
            continue
        if _is_right(part, remote):
            return
        complaints.append(f"{url}: {_what_came(part, remote)}")
        part.unlink()  # nothing in it can be trusted; the next mirror begins anew
    raise ValueError(f"{remote.name} was not fetched. " + "; ".join(complaints))


def _receive(url: str, part: Path, remote: Remote, patience: float) -> None:
    """Append to the part what it lacks, or all if the server cannot begin in the middle."""
    import requests

    from cs231n_lib.progress import progress

    have = part.stat().st_size if part.exists() else 0
    if remote.size is not None and have >= remote.size:
        if _is_right(part, remote):  # complete, but killed before it took its name
            return
        have = 0
    headers = {"Range": f"bytes={have}-", "Accept-Encoding": "identity"} if have else {"Accept-Encoding": "identity"}
    with requests.get(url, headers=headers, stream=True, timeout=patience) as answer:
        if answer.status_code == 416:  # the part is as long as the file, or longer
            return
        answer.raise_for_status()
        resumed = answer.status_code == 206 and answer.headers.get("Content-Range", "").startswith(f"bytes {have}-")
        done = have if resumed else 0
        with open(part, "ab" if resumed else "wb") as file:
            blocks = _blocks(answer, remote, done)
            total = None if remote.size is None else -(-(remote.size - done) // BLOCK)
            for block in progress(blocks, remote.name, total):
                file.write(block)


def _blocks(answer: "requests.Response", remote: Remote, done: int) -> Iterator[bytes]:
    """Yield what arrives; stop a server that sends more than the file has."""
    for block in answer.iter_content(BLOCK):
        yield block
        done += len(block)
        if remote.size is not None and done > remote.size:
            raise OSError(f"sends more than {remote.size} bytes")


def _copy(given: Path, part: Path, remote: Remote) -> None:
    if not given.is_file():
        raise ValueError(f"{given} is not a file; give the {remote.name} that you have")
    if not _is_right(given, remote):
        raise ValueError(f"{given} is another file: {_what_came(given, remote)}")
    shutil.copyfile(given, part)


def _is_right(path: Path, remote: Remote) -> bool:
    if remote.size is not None and path.stat().st_size != remote.size:
        return False
    return remote.sha256 is None or sha256_of(path) == remote.sha256


def _what_came(path: Path, remote: Remote) -> str:
    size = path.stat().st_size
    if remote.size is not None and size != remote.size:
        return f"{size} bytes where {remote.size} were expected"
    return f"its SHA-256 is {sha256_of(path)}, not {remote.sha256}"


def _check_space(folder: Path, remote: Remote) -> None:
    free = shutil.disk_usage(folder).free
    if remote.size is not None and free < remote.size:
        raise ValueError(f"{folder} has {free >> 20} MB free; {remote.name} needs {-(-remote.size >> 20)} MB")


def _short(error: OSError) -> str:
    words = str(error).strip() or type(error).__name__
    return words if len(words) < 200 else words[:200] + " ..."


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Make the folder, and let one process at a time work in it; another one waits here."""
    from filelock import FileLock

    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "fetch.lock"):
        yield


def write_sums(folder: Path, names: Sequence[str]) -> None:
    """Write SHA256SUMS of files in a folder, which `has_sums` compares and `sha256sum -c` reads."""
    from cs231n_lib.safety import written_whole

    lines = [f"{sha256_of(folder / name)}  {name}\n" for name in names]
    with written_whole(folder / "SHA256SUMS") as file:
        file.write("".join(lines).encode())


def has_sums(folder: Path, names: Sequence[str]) -> bool:
    """Tell whether all these files are in the folder and as SHA256SUMS says."""
    try:
        rows = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
        sums = {name: digest for digest, _, name in (row.partition("  ") for row in rows)}
        return all(sums.get(name) == sha256_of(folder / name) for name in names)
    except OSError:
        return False
