"""Run official notebooks in a plain kernel and say what became of each cell: `python -m cs231n_lib.official NOTEBOOK`.

Cells that only prepare Google's Colab, and lines that install, download or change the folder, are passed over. Of what
the other cells print, the error figures are compared with what the notebook says of them. Nothing is stored.
"""

import argparse
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode, v4

from cs231n_lib import execute

COLAB = ("google.colab", "drive.mount", "collectSubmission", "collect_submission", "%%bash", "%%sh")
SHELL = re.compile(r"^(\s*)((?:!|%cd|%pip|%conda|%mkdir|pip install|apt|cd\s).*)$", re.MULTILINE)
INSTALL = "from cs231n_lib.official import install; install()"

FIGURE = re.compile(
    r"\b(?:errors?|differences?|diff)\b[^\d\n+-]*?([-+]?\d+\.?\d*(?:e[-+]?\d+)?|nan|inf)\b", re.IGNORECASE
)
STATED = re.compile(r"(?<![\w.])(\d*\.?\d*e-\d+|0\.0\d*)\b", re.IGNORECASE)
SAID = re.compile(r"error|differ", re.IGNORECASE)
GOOD = re.compile(r"good!|test passed|tests passed|^correct", re.IGNORECASE)
BAD = re.compile(r"uh-oh|incorrect|nope|failed", re.IGNORECASE)
ALLOWED = 1e-5  # where the notebook does not say
SLACK = 10  # "around e-9" is a size, not a limit


@dataclass(frozen=True)
class Finding:
    """A printed line with a figure or a verdict, and whether it is right."""

    line: str
    right: bool
    reason: str = ""


@dataclass
class Cell:
    """What became of a code cell: "ran", "raised", "passed over" or "not reached"."""

    number: int
    first_line: str
    state: str
    findings: list[Finding] = field(default_factory=list)
    complaint: str = ""


def plain(source: str) -> str:
    """Return a cell without what only Colab or a shell can do; nothing, if it is all of that."""
    if any(mark in source for mark in COLAB):
        return ""
    kept = SHELL.sub(r"\1pass  # passed over: \2", source)
    code = [line.strip() for line in kept.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return "" if code and all(line.startswith("pass  # passed over") for line in code) else kept


def findings(printed: str, said: str) -> list[Finding]:
    """Judge what a cell printed by what the notebook says around it.

    printed: the text.  said: the cell's source and the text before it, from which sizes such as "around e-9" are taken.
    """
    limit, stated = _limit(said)
    found = []
    for line in printed.splitlines():
        for figure in FIGURE.findall(line):
            right = abs(float(figure)) <= limit  # nan is not
            found.append(Finding(line.strip(), right, f"{'stated' if stated else 'usual'} size {limit / SLACK:.0e}"))
        if not FIGURE.search(line) and (GOOD.search(line) or BAD.search(line)):
            found.append(Finding(line.strip(), not BAD.search(line)))
    return found


def _limit(said: str) -> tuple[float, bool]:
    """Return the largest size of an error that a text names, ten times, and whether it names any."""
    words = [line.partition("#")[2] or line for line in said.splitlines() if SAID.search(line)]
    sizes = [float(size if size[0] != "e" else f"1{size}") for line in words for size in STATED.findall(line.lower())]
    sizes = [size for size in sizes if 0 < size < 1]
    return (max(sizes) * SLACK, True) if sizes else (ALLOWED * SLACK, False)


def run(path: Path, timeout: float = 3600) -> list[Cell]:
    """Run a notebook in its own folder; cells that raise do not stop it.

    timeout: seconds a cell may take.
    Raises: ValueError if the file is no notebook.
    """
    notebook = execute.load(path)
    said = list(_texts(notebook))
    sources = [cell.source for cell in execute.code_cells(notebook)]
    for cell in execute.code_cells(notebook):
        cell.source = plain(cell.source)
    notebook.cells.insert(0, v4.new_code_cell(INSTALL))
    end = _execute(notebook, path.resolve().parent, timeout)
    cells = []
    for number, (cell, source, text) in enumerate(
        zip(execute.code_cells(notebook)[1:], sources, said, strict=True), start=1
    ):
        if source.strip():
            cells.append(_judged(number, cell, source, text))
    if end:
        reached = [cell for cell in cells if cell.state == "raised"] or [cell for cell in cells if cell.state == "ran"]
        (reached or cells)[-1].complaint = end
    return cells


def _execute(notebook: NotebookNode, folder: Path, timeout: float) -> str:
    """Run all cells; return why it stopped before the last one, or nothing."""
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from tqdm import tqdm

    bar = tqdm(total=len(execute.code_cells(notebook)), unit="cell", leave=False)
    client = NotebookClient(
        notebook,
        km=AsyncKernelManager(kernel_name="python3", kernel_spec_manager=KernelSpecManager(kernel_dirs=[])),
        timeout=timeout,
        resources={"metadata": {"path": str(folder)}},
        allow_errors=True,
        store_widget_state=False,
        on_cell_executed=lambda cell, cell_index, execute_reply: bar.update(),
    )
    try:
        client.execute(cleanup_kc=True, stderr=subprocess.DEVNULL)
    except (CellTimeoutError, DeadKernelError) as error:
        return f"the run ended here: {str(error).strip().splitlines()[0]}"
    finally:
        bar.close()
    return ""


def _texts(notebook: NotebookNode) -> Iterator[str]:
    """Yield for each code cell its source and the text between it and the code before."""
    text = ""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            yield f"{text}\n{cell.source}"
            text = ""
        else:
            text += f"\n{cell.source}"


def _judged(number: int, cell: NotebookNode, source: str, said: str) -> Cell:
    first = source.strip().partition("\n")[0][:70]
    if not cell.source.strip():
        return Cell(number, first, "passed over")
    if cell.execution_count is None:
        return Cell(number, first, "not reached")
    printed = "".join(output.text for output in cell.outputs if output.output_type == "stream")
    raised = [output for output in cell.outputs if output.output_type == "error"]
    complaint = f"{raised[0].ename}: {raised[0].evalue}" if raised else ""
    return Cell(number, first, "raised" if raised else "ran", findings(printed, said), complaint)


def report(name: str, cells: Sequence[Cell]) -> str:
    """Return what is to say of a notebook: a line a cell, its findings below, and the sums."""
    lines = [name]
    for cell in cells:
        lines.append(f"  [{cell.number}] {cell.state:<11} {cell.first_line}")
        if cell.complaint:
            lines.append(f"        {cell.complaint}")
        for found in cell.findings:
            reason = f"  ({found.reason})" if found.reason else ""
            lines.append(f"        {'right' if found.right else 'WRONG'}  {found.line}{reason}")
    figures = [found for cell in cells for found in cell.findings]
    states = [f"{sum(cell.state == state for cell in cells)} {state}" for state in ("ran", "raised", "passed over")]
    wrong = sum(not found.right for found in figures)
    return "\n".join([*lines, f"  cells: {', '.join(states)}; figures: {len(figures) - wrong} right, {wrong} wrong"])


def right(cells: Sequence[Cell]) -> bool:
    """Return whether all cells ran, or were passed over, and all figures are right."""
    ran = all(cell.state in ("ran", "passed over") and not cell.complaint for cell in cells)
    return ran and all(found.right for cell in cells for found in cell.findings)


def notebooks(places: Sequence[Path]) -> list[Path]:
    """Return the notebooks among files and folders, those of folders in order."""
    inside = [sorted(p for p in place.rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts) for place in places]
    return [
        path for place, found in zip(places, inside, strict=True) for path in (found if place.is_dir() else [place])
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m cs231n_lib.official", description=__doc__)
    parser.add_argument("places", nargs="+", type=Path, metavar="NOTEBOOK|FOLDER")
    parser.add_argument("--timeout", type=float, default=3600, help="seconds a cell may take (default 3600)")
    chosen = parser.parse_args(arguments)
    paths = notebooks(chosen.places)
    if not paths:
        parser.error(f"there is no notebook in {', '.join(map(str, chosen.places))}")
    all_right = True
    for path in paths:
        try:
            cells = run(path, chosen.timeout)
        except (OSError, ValueError) as error:
            print(f"{path.name}: {error}", file=sys.stderr)
            all_right = False
            continue
        print(report(path.name, cells), flush=True)
        all_right = all_right and right(cells)
    return int(not all_right)
