"""Run notebooks in a fresh kernel and store clean outputs: `python -m cs231n_lib.execute NOTEBOOK...`.

What is stored is what the strict tests compare with, so it holds nothing that changes from run to run: execution
counts 1..n, stable cell ids, no timing records, no widget ids, no names of temporary files. A notebook in which a
cell raises, or which would grow beyond 1 MB, is left as it was.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from cs231n_lib.language import environment

CELL_TIMEOUT = 300  # seconds
SIZE_LIMIT = 1_000_000  # bytes of a stored notebook
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"  # without a kernel it shows "model not found"
PICTURES = ("image/png", "image/jpeg")

NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "pygments_lexer": "ipython3",
    },
}

# Warnings name the temporary file in which IPython keeps a cell; it carries the number of the kernel's process.
# The match starts only where a word does: a line may be long, and starting anywhere would take its length squared.
_CELL_FILE = re.compile(r"(?<![^\s\"'<>])[^\s\"'<>]*ipykernel_\d+[/\\]\d+\.py")


class ExecutionFailed(Exception):
    """A notebook could not be run to its end, or may not be stored."""


def clean_outputs(outputs: Iterable[NotebookNode]) -> list[NotebookNode]:
    """Return the outputs of a cell without what changes from run to run or needs a live kernel.

    Neighbouring streams become one stdout and one stderr, since a kernel sends the two apart and in no fixed order;
    widget views go, and so does an output that held nothing else; of the metadata only a picture's alternative text,
    width and height stay.
    """
    without_views = [clean for output in outputs if (clean := _without_view(output))]
    groups = groupby(without_views, key=lambda output: output["output_type"] == "stream")
    return [output for is_stream, group in groups for output in (_merged_streams(group) if is_stream else group)]


def _without_view(output: NotebookNode) -> NotebookNode | None:
    if "data" not in output:
        return output
    data = {mime: value for mime, value in output["data"].items() if mime != WIDGET_VIEW}
    changes = {"data": data, "metadata": _picture_metadata(output["metadata"])}
    return nbformat.from_dict({**output, **changes}) if data else None


def _merged_streams(streams: Iterable[NotebookNode]) -> list[NotebookNode]:
    texts = {"stdout": "", "stderr": ""}
    for stream in streams:
        texts[stream["name"]] += stream["text"]
    merged = ((name, _CELL_FILE.sub("<cell>", text)) for name, text in texts.items() if text)
    return [nbformat.v4.new_output("stream", name=name, text=text) for name, text in merged]


def _picture_metadata(metadata: dict) -> NotebookNode:
    kept = {
        mime: {key: metadata[mime][key] for key in ("alt", "height", "width") if key in metadata[mime]}
        for mime in PICTURES
        if isinstance(metadata.get(mime), dict)
    }
    return nbformat.from_dict({mime: values for mime, values in kept.items() if values})


def clean_cell_metadata(metadata: dict) -> dict:
    """Keep tags, slideshow settings and what is folded of a cell (`source_hidden`, `outputs_hidden`), nothing else."""
    kept = {key: metadata[key] for key in ("slideshow", "tags") if metadata.get(key)}
    folded = {key: True for key in ("source_hidden", "outputs_hidden") if metadata.get("jupyter", {}).get(key)}
    return {**kept, "jupyter": folded} if folded else kept


def give_ids(cells: list[dict]) -> None:
    """Give each cell without an id, or with one that was seen before, an id made from its source."""
    seen: set[str] = set()
    for cell in cells:
        if not cell.get("id") or cell["id"] in seen:
            source = "".join(cell["source"])
            name = hashlib.sha256(source.encode()).hexdigest()[:8]
            copies = (f"{name}-{number}" for number in range(2, len(cells) + 2))
            cell["id"] = name if name not in seen else next(free for free in copies if free not in seen)
        seen.add(cell["id"])


def load(path: Path) -> NotebookNode:
    """Read a notebook, ready to be run: outputs and stray metadata gone, every cell with an id of its own.

    Raises: ValueError when the file is not a notebook in format 4.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        major = raw["nbformat"]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{path.name} is not a notebook: {error!r}") from None
    if major != 4:
        raise ValueError(f"{path.name} is in notebook format {major}; format 4 is needed")
    give_ids(raw["cells"])  # before nbformat reads them: it would fill the gaps with random ids
    raw["nbformat_minor"] = 5
    notebook = nbformat.reads(json.dumps(raw), as_version=4)
    clean_notebook(notebook)
    for cell in code_cells(notebook):
        cell.outputs, cell.execution_count = [], None
    return notebook


def clean_notebook(notebook: NotebookNode) -> None:
    """Reduce the metadata and outputs of a notebook to what is stored, in place."""
    notebook.metadata = nbformat.from_dict(NOTEBOOK_METADATA)
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict(clean_cell_metadata(cell.metadata))
    for cell in code_cells(notebook):
        cell.outputs = clean_outputs(cell.outputs)


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def run(notebook: NotebookNode, folder: Path, timeout: float = CELL_TIMEOUT) -> None:
    """Run every code cell in a fresh kernel of this Python, with `folder` as its working directory.

    The kernel does not see a learner's own settings: what is stored is English, with all hints.
    timeout: seconds a cell may take, default 300.
    Raises: ExecutionFailed, naming the cell that raised, ran out of time or ended the kernel.
    """
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient
    from nbclient.exceptions import CellControlSignal
    from tqdm import tqdm

    reached: list[NotebookNode] = []
    bar = tqdm(total=sum(bool(cell.source.strip()) for cell in code_cells(notebook)), unit="cell", leave=False)
    client = NotebookClient(
        notebook,
        # No folders to search: a kernel some other environment registered must not run the course.
        km=AsyncKernelManager(kernel_name="python3", kernel_spec_manager=KernelSpecManager(kernel_dirs=[])),
        timeout=timeout,
        resources={"metadata": {"path": str(folder)}},
        record_timing=False,
        store_widget_state=False,
        force_raise_errors=True,  # a tag cannot excuse a cell that raises
        skip_cells_with_tag="",
        raise_on_iopub_timeout=True,
        on_cell_execute=lambda cell, cell_index: reached.append(cell),
        on_cell_executed=lambda cell, cell_index, execute_reply: bar.update(),
    )
    try:
        client.execute(cleanup_kc=True, env=environment(), stderr=subprocess.DEVNULL)  # the kernel's own log
    except (CellControlSignal, RuntimeError) as error:  # RuntimeError: the kernel died
        where = describe_cell(reached[-1], len(reached)) if reached else "before the first cell"
        raise ExecutionFailed(f"{where}: {error}") from None
    finally:
        bar.close()


def describe_cell(cell: NotebookNode, number: int) -> str:
    """Name a code cell for a message: its number as shown in the margin, its id, its first line."""
    first = cell.source.strip().partition("\n")[0]
    return f"In [{number}] (id {cell.get('id', 'none')}, `{first[:60]}`)"


def as_text(notebook: NotebookNode, name: str) -> str:
    """Return the notebook as it is stored.

    Raises: ExecutionFailed when it is larger than 1 MB; the message names the largest outputs.
    """
    nbformat.validate(notebook)
    text = nbformat.writes(notebook).rstrip("\n") + "\n"
    size = len(text.encode())
    if size > SIZE_LIMIT:
        sizes = [(len(json.dumps(cell.outputs)), n, cell) for n, cell in enumerate(code_cells(notebook), 1)]
        largest = sorted(sizes, key=lambda entry: entry[0], reverse=True)[:3]
        listed = "; ".join(f"{describe_cell(cell, n)} {amount / 1e6:.2f} MB" for amount, n, cell in largest)
        raise ExecutionFailed(f"{name} would take {size / 1e6:.2f} MB; the limit is 1 MB. Largest outputs: {listed}")
    return text


def write_atomically(path: Path, text: str) -> None:
    """Replace the file in one step, so that an interrupted run leaves the old one whole."""
    handle, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.chmod(part, path.stat().st_mode)
        os.replace(part, path)
    except BaseException:
        os.unlink(part)
        raise


def execute(path: Path, timeout: float = CELL_TIMEOUT) -> str:
    """Run the notebook at `path` in its own folder, store its outputs, and return a line that reports the run.

    Raises: ExecutionFailed or ValueError; the file is then untouched.
    """
    notebook = load(path)
    started = time.perf_counter()
    run(notebook, path.resolve().parent, timeout)
    seconds = time.perf_counter() - started
    clean_notebook(notebook)
    text = as_text(notebook, path.name)
    write_atomically(path, text)
    return f"{path.name}: {len(code_cells(notebook))} cells in {seconds:.1f} s, {len(text.encode()) / 1e3:.0f} kB"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m cs231n_lib.execute", description=__doc__)
    parser.add_argument("notebooks", nargs="+", type=Path, metavar="NOTEBOOK")
    parser.add_argument("--timeout", type=float, default=CELL_TIMEOUT, help="seconds a cell may take (default 300)")
    options = parser.parse_args(arguments)
    failed = False
    for path in options.notebooks:
        try:
            print(execute(path, options.timeout), flush=True)
        except (ExecutionFailed, ValueError, OSError) as error:
            failed = True
            print(f"{path.name} not stored: {error}", file=sys.stderr, flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
