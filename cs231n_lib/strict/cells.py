"""nbval's notebook and cell, made strict; and the rules a stored notebook must keep before it can be compared."""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from nbformat import NotebookNode
from nbval.kernel import CURRENT_ENV_KERNEL_NAME, RunningKernel
from nbval.plugin import IPyNbCell, IPyNbFile, NbCellError

from cs231n_lib.execute import code_cells, describe_cell
from cs231n_lib.strict.compare import count_pictures, other_players, output_differences, pictures_found

FAILURES = Path("build/notebook-failures")  # below pytest's root folder
FREE_TAGS = {"trained", "timing"}
MOST_FREE_CELLS = 3
LARGEST_TOLERANCE = 0.03
OTHER_PLAYERS = "steppers stored with another player"
TAGS = pytest.StashKey[dict[str, str]]()  # notebook -> its tags and the cells that carry them

_EXCUSE = re.compile(r"nbval[-_]|raises[-_]exception|skip[-_]execution|validate[-_]ignore[-_]output", re.IGNORECASE)


# Rules ------------------------------------------------------------------------------------------------------------


def tags_of(cell: NotebookNode) -> list[str]:
    return list(cell.metadata.get("tags", []))


def is_free(cell: NotebookNode) -> bool:
    """Is this cell's picture made by a net trained in the notebook, or by a clock?"""
    return bool(FREE_TAGS.intersection(tags_of(cell)))


def tolerance_of(cell: NotebookNode) -> float:
    """Return the absolute tolerance that the tag `tol=...` of a cell states, 0 without one.

    Raises: ValueError unless it is above 0 and at most 0.03.
    """
    stated = [tag.removeprefix("tol=") for tag in tags_of(cell) if tag.startswith("tol=")]
    if not stated:
        return 0.0
    if len(stated) > 1 or not re.fullmatch(r"0?\.\d+", stated[0]) or not 0 < float(stated[0]) <= LARGEST_TOLERANCE:
        raise ValueError(f"tag tol={stated[-1]}; use one such tag, above 0 and at most {LARGEST_TOLERANCE}")
    return float(stated[0])


def cell_faults(cell: NotebookNode) -> list[str]:
    """Say why the stored form of a code cell cannot be compared."""
    found = []
    if cell.source.strip() and cell.execution_count is None:
        found.append("never run in the stored notebook")
    if any(output.output_type == "error" for output in cell.outputs):
        found.append("an error is stored as its output")
    comments = [line for line in cell.source.splitlines() if "#" in line]
    excuses = [text.strip() for text in [*tags_of(cell), *comments] if _EXCUSE.search(text)]
    found += [f"{text!r} would excuse the cell; no cell is skipped, ignored or allowed to raise" for text in excuses]
    try:
        tolerance_of(cell)
    except ValueError as error:
        found.append(str(error))
    if is_free(cell) and not _states_a_fact(cell):
        found.append("its picture is free, so it must also print a fact that is compared")
    return found


def _states_a_fact(cell: NotebookNode) -> bool:
    return any(output.get("name") == "stdout" and output.text.strip() for output in cell.outputs)


def notebook_faults(notebook: NotebookNode) -> list[str]:
    """Say why the stored form of a notebook as a whole cannot be trusted."""
    cells = [cell for cell in code_cells(notebook) if cell.source.strip()]
    found = []
    counts = [cell.execution_count for cell in cells]
    if counts != list(range(1, len(cells) + 1)):
        found.append(f"execution counts are {counts}, not 1 to {len(cells)}: run it whole, in a fresh kernel")
    free = [number for number, cell in enumerate(cells, 1) if is_free(cell)]
    if len(free) > MOST_FREE_CELLS:
        found.append(f"{len(free)} cells are tagged trained or timing (In {free}); at most {MOST_FREE_CELLS} may be")
    return found


def tag_list(notebook: NotebookNode) -> str:
    """List the tags of a notebook's cells with the numbers of the code cells that carry them."""
    cells: dict[str, list[str]] = defaultdict(list)
    for number, cell in enumerate(code_cells(notebook), 1):
        for tag in tags_of(cell):
            cells[tag].append(str(number))
    return "; ".join(f"{tag}: In {', '.join(cells[tag])}" for tag in sorted(cells))


# nbval's classes, made strict -------------------------------------------------------------------------------------


class KernelDied(Exception):
    """The kernel's process ended while a cell was running."""


class WatchedKernel(RunningKernel):
    """A kernel whose death is noticed within a second, not at the end of the cell's time."""

    def await_reply(self, msg_id: str, timeout: float | None = None) -> None:
        end = time.monotonic() + (timeout or 0)
        while True:
            try:
                return super().await_reply(msg_id, timeout=1)
            except Empty:
                if not self.is_alive():
                    raise KernelDied from None
                if timeout is not None and time.monotonic() > end:
                    raise


class StoredForm(pytest.Item):
    """The first test of each notebook: are its counts whole, its free cells few?"""

    def __init__(self, *, faults: list[str], **node: Any):
        super().__init__(**node)
        self.faults = faults

    def runtest(self) -> None:
        if self.faults:
            pytest.fail(f"{self.path.name}: " + "\n".join(self.faults), pytrace=False)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, self.name


class StrictCell(IPyNbCell):
    """A code cell whose text, numbers and pictures are compared, and which no tag or comment can excuse.

    Its test reports, as user properties, which `--junitxml` writes: the number of stored pictures, how many of them
    were found near enough and how many byte for byte, the first difference, and how many steppers are stored with
    another player than today's, which is not compared.
    """

    def compare_outputs(self, test: list, ref: list, skip_compare: object = None) -> bool:
        failures = self.config.rootpath / FAILURES / f"{self.path.stem}-in{self.cell_num + 1}"
        self.comparison_traceback = output_differences(ref, test, self.tolerance, is_free(self.cell), failures)
        found = pictures_found(ref, test, self.comparison_traceback)
        self.user_properties += zip(("pictures near", "pictures equal"), found, strict=True)
        self.user_properties += [("difference", text) for text in self.comparison_traceback[:1]]
        self.user_properties.append((OTHER_PLAYERS, other_players(ref, test)))
        return not self.comparison_traceback

    def runtest(self) -> None:
        self.user_properties.append(("pictures", count_pictures(self.cell.outputs)))
        faults = cell_faults(self.cell)
        self.tolerance = 0.0 if faults else tolerance_of(self.cell)
        late_before = self.parent.timed_out
        try:
            super().runtest()
        except KernelDied:
            self.parent.timed_out = True  # nbval then expects the remaining cells to fail
            self.parent.kernel.stop()
            self.raise_cell_error("the kernel died in this cell")
        if self.parent.timed_out and not late_before:
            self.raise_cell_error("the cell ran out of time and caught the interrupt")
        if faults:
            self.raise_cell_error("; ".join(faults))

    def repr_failure(self, excinfo: pytest.ExceptionInfo) -> str:
        error = excinfo.value
        if not isinstance(error, NbCellError):
            return super().repr_failure(excinfo)
        where = f"{self.path.name}, {describe_cell(self.cell, self.cell_num + 1)}"
        details = f"\n{error.inner_traceback}" if error.inner_traceback else ""
        return f"{where}\n{error}{details}\n\nThe cell:\n{error.source}"


class StrictNotebook(IPyNbFile):
    """A notebook of strict cells, run by the Python that runs the tests."""

    def setup(self) -> None:
        startup = self.config.option.nbval_kernel_startup_timeout
        self.kernel = WatchedKernel(CURRENT_ENV_KERNEL_NAME, cwd=str(self.path.parent), startup_timeout=startup)

    def collect(self) -> Iterator[pytest.Item]:
        cells = list(super().collect())  # reads the notebook
        self.config.stash.setdefault(TAGS, {})[self.nodeid] = tag_list(self.nb)
        yield StoredForm.from_parent(self, name="stored form", faults=notebook_faults(self.nb))
        for cell in cells:
            options = defaultdict(bool, check=True)  # whatever the cell asks for
            yield StrictCell.from_parent(self, name=cell.name, cell_num=cell.cell_num, cell=cell.cell, options=options)


def strict_twin(collector: pytest.Collector) -> pytest.Collector:
    """Return the strict form of a notebook that nbval collected, anything else as it is."""
    if type(collector) is not IPyNbFile:
        return collector
    return StrictNotebook.from_parent(collector.parent, path=collector.path)
