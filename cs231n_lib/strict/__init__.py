"""A pytest plugin: compare executed notebooks with their stored outputs, text exactly and pictures too.

nbval runs the cells; by itself it compares no picture, knows no tolerance, passes a notebook stripped of its outputs,
and lets a cell excuse itself by a tag. This plugin mends that. It is idle unless pytest runs with `--nbval`.
Kernels start without the learner's own CS231N_LANGUAGE and CS231N_HINTS: what is stored is English, with all hints.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Generator
from importlib.metadata import version
from itertools import chain

import pytest

from cs231n_lib.language import OWN_SETTINGS

NBVAL = "0.11.0"  # the classes of `cells` override its methods, so another version may silently check less
TAKEN = pytest.StashKey[dict[str, str]]()  # a learner's own settings, put aside while notebooks run


def pytest_configure(config: pytest.Config) -> None:
    if not _active(config):
        return
    if version("nbval") != NBVAL:
        raise pytest.UsageError(f"cs231n_lib.strict is written for nbval {NBVAL}, not {version('nbval')}")
    for option in ("nbval_lax", "nbval_sanitize_with", "sanitize_with"):
        if config.getoption(option):
            raise pytest.UsageError(f"--{option.replace('_', '-')} would hide differences; run without it")
    config.stash[TAKEN] = {name: os.environ.pop(name) for name in OWN_SETTINGS if name in os.environ}


def pytest_unconfigure(config: pytest.Config) -> None:
    """Give the settings back."""
    taken: dict[str, str] = config.stash.get(TAKEN, {})
    os.environ.update(taken)


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(
    parent: pytest.Collector,
) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Put a strict notebook in the place of each that nbval collects."""
    collectors = yield
    if not _active(parent.config):
        return collectors
    from cs231n_lib.strict.cells import strict_twin

    return [strict_twin(collector) for collector in collectors]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print each notebook's run time, the tags that loosen a comparison, and old players. None of it is asserted."""
    if not _active(config):
        return
    seconds: dict[str, float] = {}
    properties: Counter[str] = Counter()
    for report in chain.from_iterable(terminalreporter.stats.values()):
        if ".ipynb::" in getattr(report, "nodeid", "") and hasattr(report, "duration"):
            name = report.nodeid.partition("::")[0]
            seconds[name] = seconds.get(name, 0.0) + report.duration
            if report.when == "call":
                properties.update({key: value for key, value in report.user_properties if isinstance(value, int)})
    if not seconds:
        return
    from cs231n_lib.strict.cells import OTHER_PLAYERS, TAGS

    tags = config.stash.get(TAGS, {})
    terminalreporter.section("notebooks: seconds, tags")
    for name in sorted(seconds):
        terminalreporter.write_line(f"{seconds[name]:7.1f} s  {name}  {tags.get(name, '')}")
    if properties[OTHER_PLAYERS]:
        terminalreporter.write_line(f"{OTHER_PLAYERS} than today's: {properties[OTHER_PLAYERS]}")


def _active(config: pytest.Config) -> bool:
    return bool(config.getoption("nbval", default=False))
