"""A page on paper: an installed Chromium, Chrome or Edge prints HTML as PDF."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge", "microsoft-edge")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
SECONDS = 180


def browser(chosen: str | None = None) -> str:
    """Return the path of the browser to print with: the chosen one, else one that is installed.

    Raises: ValueError if there is none.
    """
    if chosen is not None:
        found = shutil.which(chosen)
        if found is None:
            raise ValueError(f"no browser at {chosen}; give the path of Chromium, Chrome or Edge")
        return found
    installed = [path for name in NAMES if (path := shutil.which(name))] + [p for p in PLACES if Path(p).exists()]
    if not installed:
        raise ValueError(
            "this needs Chromium, Chrome or Edge, and none was found; install one, or name it with --browser PATH "
            f"(looked for {', '.join(NAMES)})"
        )
    return installed[0]


def pdf(page: str, program: str) -> bytes:
    """Print a self-contained page; return the PDF.

    Raises: ValueError if the browser gives none, with what it said.
    """
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "page.html", Path(folder) / "page.pdf"
        source.write_text(page, encoding="utf-8")
        command = [
            *(program, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"),
            *(f"--user-data-dir={folder}/profile", "--no-pdf-header-footer", "--virtual-time-budget=30000"),
            *(f"--print-to-pdf={target}", source.as_uri()),
        ]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired as error:
            raise ValueError(f"{program} did not print within {SECONDS} s") from error
        if not target.exists():
            raise ValueError(f"{program} printed nothing: {done.stderr.strip()[-400:]}")
        return target.read_bytes()
