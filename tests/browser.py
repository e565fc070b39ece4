"""Find an installed Chromium and start a JupyterLab for it."""

from __future__ import annotations

import importlib.util
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cs231n_lib.__main__ import quiet_environment
from cs231n_lib.handouts.paper import browser

TOKEN = "course"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def find_browser() -> str:
    """Return the path of an installed browser; skip the test where there is none, or fail where one is required."""
    try:
        return browser()
    except ValueError as reason:
        missing(str(reason))
        raise


def missing(reason: str) -> None:
    """Skip the test, or fail it where CS231N_REQUIRE_BROWSER is set."""
    if os.environ.get("CS231N_REQUIRE_BROWSER"):
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def chromium() -> Iterator[Any]:
    """Run the installed browser without a window."""
    path = find_browser()
    if importlib.util.find_spec("playwright") is None:
        missing("Playwright is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Lab:
    """A JupyterLab on `folder`, with settings of its own below `home`, that calls nobody."""

    def __init__(self, folder: Path, home: Path):
        self.folder, self.url = folder, f"http://127.0.0.1:{free_port()}"
        self.log = (home / "lab.log").open("w")
        settings = home / "settings" / "@jupyterlab" / "notebook-extension"
        settings.mkdir(parents=True)
        (settings / "tracker.jupyterlab-settings").write_text(json.dumps({"windowingMode": "none"}))
        self.process = subprocess.Popen(
            self.command(folder), env=self.environment(home), stdout=self.log, stderr=self.log
        )
        self.wait()

    def command(self, folder: Path) -> list[str]:
        return [
            *(sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root"),
            *(f"--ServerApp.root_dir={folder}", f"--ServerApp.port={self.url.rsplit(':', 1)[1]}"),
            *(f"--IdentityProvider.token={TOKEN}", "--LabApp.expose_app_in_browser=True", "--LabApp.news_url="),
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        ]

    def environment(self, home: Path) -> dict[str, str]:
        own = {
            "JUPYTER_CONFIG_DIR": home / "config",
            "JUPYTER_DATA_DIR": home / "data",
            "JUPYTER_RUNTIME_DIR": home / "runtime",
            "JUPYTERLAB_SETTINGS_DIR": home / "settings",
            "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces",
        }
        return {**quiet_environment(), **{name: str(path) for name, path in own.items()}}

    def wait(self, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                self.ask("/api/status")
                return
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.3)
        raise TimeoutError(f"JupyterLab did not answer within {seconds} s; see {self.log.name}")

    def ask(self, path: str, body: dict | None = None, method: str | None = None) -> Any:
        request = urllib.request.Request(self.url + path, headers={"Authorization": f"token {TOKEN}"}, method=method)
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(request, data=data, timeout=30) as answer:
            return json.loads(answer.read() or "null")

    def start_kernel(self, notebook: str) -> None:
        """Attach a kernel before the page opens; a page that has to start one may lose the first Run All."""
        self.ask(
            "/api/sessions", {"path": notebook, "name": notebook, "type": "notebook", "kernel": {"name": "python3"}}
        )

    def stop_kernel(self, notebook: str) -> None:
        """End its kernel: seventeen that hold PyTorch would fill a small machine."""
        for session in self.ask("/api/sessions"):
            if session["path"] == notebook:
                self.ask(f"/api/sessions/{session['id']}", method="DELETE")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=30)
        self.log.close()
