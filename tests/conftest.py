"""Give every test the embedded picture set and a cache of its own, before anything is imported."""

import os
import tempfile
from collections import Counter
from itertools import chain

os.environ["CS231N_DATA"] = "scenes"
if not os.environ.get("CS231N_CACHE"):
    _folder = tempfile.TemporaryDirectory(prefix="cs231n-cache-", ignore_cleanup_errors=True)  # removed at exit
    os.environ["CS231N_CACHE"] = _folder.name


# Where the time goes, in the last lines of a run ------------------------------------------------------------------

PARTS = {
    "lessons": ("notebooks/", "tests/test_notebook_rules", "tests/test_lessons_cifar10"),
    "checker": ("tests/test_check",),
    "stepper": ("tests/test_step",),
    "handouts": ("tests/test_handouts",),
    "browser": ("tests/test_lessons_browser", "tests/test_accessibility"),
    "PyTorch": ("tests/test_simclr", "tests/test_gan", "tests/test_masked", "tests/test_pytorch", "tests/test_trans"),
}


def part_of(nodeid: str) -> str:
    """Return the part of the course that a test belongs to."""
    return next((part for part, starts in PARTS.items() if nodeid.startswith(starts)), "library and the rest")


def pytest_terminal_summary(terminalreporter) -> None:
    seconds: Counter[str] = Counter()
    for report in chain.from_iterable(terminalreporter.stats.values()):
        seconds[part_of(getattr(report, "nodeid", ""))] += getattr(report, "duration", 0)
    if sum(seconds.values()) > 60:
        parts = ", ".join(f"{part} {time / 60:.1f}" for part, time in seconds.most_common())
        terminalreporter.write_line(f"minutes: {parts}")
