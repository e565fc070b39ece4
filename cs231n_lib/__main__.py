"""Open the course: `python -m cs231n_lib` copies the lessons to my_course/ and starts JupyterLab there."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LESSONS = ROOT / "notebooks"
COPIES = ROOT / "my_course"
START = "00_start_here.ipynb"

# No news, no update check, and no question about them: the course never calls out. And no thread of their own for what
# sliders call ("subshells"): a picture drawn while a cell runs may come out blank, and Matplotlib allows one at a time.
LAB_SETTINGS = Path(__file__).resolve().parent / "lab_settings"
QUIET = [
    "--LabApp.news_url=",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.extension_manager=readonly",
]


def copy_lessons(lessons: Path, copies: Path) -> tuple[list[Path], list[Path]]:
    """Copy the lessons that are not yet in `copies`. Return (copied, kept): a learner's work is never overwritten.

    Raises: FileNotFoundError when there are no lessons to copy.
    """
    sources = sorted(lessons.glob("*.ipynb"))
    if not sources:
        raise FileNotFoundError(f"no lessons in {lessons}; start the course from a clone of its repository")
    copies.mkdir(exist_ok=True)
    copied, kept = [], []
    for source in sources:
        target = copies / source.name
        if target.exists():
            kept.append(target)
        else:
            unfinished = target.with_suffix(".part")
            shutil.copyfile(source, unfinished)
            unfinished.replace(target)
            copied.append(target)
    return copied, kept


def trust_unchanged(lessons: Path, copies: Path) -> None:
    """Sign every copy that still equals its lesson; JupyterLab drops the scripts of unsigned notebooks."""
    from jupyter_core.paths import jupyter_data_dir
    from nbformat import NO_CONVERT, read
    from nbformat.sign import NotebookNotary

    Path(jupyter_data_dir()).mkdir(parents=True, exist_ok=True)  # the notary keeps its signatures there
    notary = NotebookNotary()
    for source in lessons.glob("*.ipynb"):
        copy = copies / source.name
        if copy.exists() and copy.read_bytes() == source.read_bytes():
            notary.sign(read(copy, as_version=NO_CONVERT))


def quiet_environment() -> dict[str, str]:
    """Return the environment with the course's defaults for JupyterLab added behind the user's own settings."""
    folders = [os.environ.get("JUPYTER_CONFIG_PATH"), str(LAB_SETTINGS)]
    return {**os.environ, "JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, folders))}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m cs231n_lib", description=__doc__, allow_abbrev=False)
    parser.add_argument("--copy-only", action="store_true", help="copy the lessons and stop")
    options, for_jupyter = parser.parse_known_args(arguments)
    try:
        copied, kept = copy_lessons(LESSONS, COPIES)
    except OSError as error:
        print(f"Could not copy the lessons: {error}", file=sys.stderr)
        return 1
    trust_unchanged(LESSONS, COPIES)
    print(f"{COPIES.name}/: {len(copied)} new, {len(kept)} kept as you left them.")
    if options.copy_only:
        return 0
    as_root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []  # as in a container
    command = [sys.executable, "-m", "jupyter", "lab", str(COPIES / START), *QUIET, *as_root, *for_jupyter]
    print("JupyterLab opens in your browser. If it does not, open the address it prints; Ctrl+C ends the course.")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # an exception ends JupyterLab, too
    try:
        return subprocess.call(command, cwd=ROOT, env=quiet_environment())
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
