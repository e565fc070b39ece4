"""`python -m cs231n_lib.execute` stores clean outputs, twice the same, and never half a notebook."""

import json
import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from cs231n_lib import execute
from cs231n_lib.execute import clean_outputs, give_ids, main

SOURCES = [
    "import os, sys, warnings\nfrom IPython.display import display",
    "for i in range(3):\n    print(i, flush=True)\nprint('err', file=sys.stderr, flush=True)\nprint('end')",
    "warnings.warn('careful')",
    "import ipywidgets\nipywidgets.IntSlider(3)",
    "display({'application/vnd.jupyter.widget-view+json': {}}, raw=True)\nos.path.exists('marker.txt')",
    "png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII='\n"
    "display({'image/png': png}, metadata={'image/png': {'alt': 'a dot', 'width': 9, 'x': 1}, 'y': 2}, raw=True)",
    "",
    "6 * 7",
]


def messy_notebook():
    """A notebook as an editor leaves it: old outputs, old counts, timings, editor settings, a foreign kernel."""
    cells = [new_markdown_cell("# Title"), *map(new_code_cell, SOURCES)]
    for cell in cells:
        cell.metadata = {"tags": ["kept"], "collapsed": True, "execution": {"iopub.status.busy": "2026"}}
    cells[2].metadata = {
        "jupyter": {"source_hidden": True, "outputs_hidden": True, "x": 1},
        "slideshow": {"slide_type": "skip"},
        "trusted": True,
    }
    cells[1].outputs, cells[1].execution_count = [new_output("stream", text="old")], 77
    metadata = {"kernelspec": {"name": "other", "display_name": "Other"}, "language_info": {"name": "r"}, "widgets": {}}
    return new_notebook(cells=cells, metadata=metadata)


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """Run the messy notebook twice; return its folder, the parsed notebook and the bytes after each run."""
    folder = tmp_path_factory.mktemp("messy")
    (folder / "marker.txt").write_text("the kernel works in this folder")
    path = folder / "messy.ipynb"
    nbformat.write(messy_notebook(), path)
    runs = []
    for _ in range(2):
        assert main([str(path)]) == 0
        runs.append(path.read_bytes())
    return folder, nbformat.read(path, as_version=4), runs


def code(stored):
    return [cell for cell in stored[1].cells if cell.cell_type == "code"]


def test_two_runs_give_the_same_bytes(stored):
    first, second = stored[2]
    assert first == second
    assert first.endswith(b"}\n")
    assert [entry.name for entry in stored[0].iterdir() if entry.suffix != ".txt"] == ["messy.ipynb"]  # no scraps


def test_counts_run_from_one(stored):
    assert [cell.execution_count for cell in code(stored)] == [1, 2, 3, 4, 5, 6, None, 7]
    assert code(stored)[-1].outputs[0].execution_count == 7


def test_metadata_is_reduced(stored):
    notebook = stored[1]
    assert notebook.metadata == execute.NOTEBOOK_METADATA
    assert "version" not in notebook.metadata.language_info
    assert notebook.cells[0].metadata == {"tags": ["kept"]}
    folded = {"source_hidden": True, "outputs_hidden": True}
    assert notebook.cells[2].metadata == {"jupyter": folded, "slideshow": {"slide_type": "skip"}}


def test_streams_are_merged_and_free_of_process_numbers(stored):
    outputs = code(stored)[1].outputs
    assert {output.name: output.text for output in outputs} == {"stdout": "0\n1\n2\nend\n", "stderr": "err\n"}
    assert code(stored)[2].outputs[0].text.startswith("<cell>:1: UserWarning: careful")


def test_widget_views_are_dropped(stored):
    slider, empty = code(stored)[3].outputs, code(stored)[4].outputs
    assert [list(output.data) for output in slider] == [["text/plain"]]
    assert [output.data for output in empty] == [{"text/plain": "True"}]  # it ran in the notebook's folder


def test_of_output_metadata_the_alternative_text_stays(stored):
    assert code(stored)[5].outputs[0].metadata == {"image/png": {"alt": "a dot", "width": 9}}


def test_clean_outputs_leaves_its_argument_alone_and_is_idempotent():
    parts = [("stderr", "c"), ("stdout", "a"), ("stdout", "b")]
    outputs = [new_output("stream", name=name, text=text) for name, text in parts]
    before = json.dumps(outputs)
    cleaned = clean_outputs(outputs)
    assert [(output.name, output.text) for output in cleaned] == [("stdout", "ab"), ("stderr", "c")]
    assert json.dumps(outputs) == before
    assert clean_outputs(cleaned) == cleaned


def test_ids_are_kept_or_made_from_the_source():
    cells: list[dict] = [
        {"id": "kept", "source": "a"},
        {"source": "b"},
        {"id": "kept", "source": ["b"]},
        {"source": "b"},
    ]
    again = [dict(cell) for cell in cells]
    give_ids(cells)
    give_ids(again)
    assert cells == again
    assert cells[0]["id"] == "kept"
    assert len({cell["id"] for cell in cells}) == 4


def test_notebook_without_ids_gets_the_same_ones_each_time(tmp_path):
    raw = json.loads(nbformat.writes(new_notebook(cells=[new_markdown_cell("a"), new_markdown_cell("a")])))
    for cell in raw["cells"]:
        del cell["id"]
    raw["nbformat_minor"] = 4
    path = tmp_path / "old.ipynb"
    path.write_text(json.dumps(raw))
    ids = [[cell.id for cell in execute.load(path).cells] for _ in range(2)]
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == 2


@pytest.fixture
def refused(tmp_path, capsys):
    """Return a function that runs cells which must fail, proves the file untouched, and returns the message."""

    def run(*sources, tags=(), flags=()):
        path = tmp_path / "bad.ipynb"
        cells = [new_code_cell(source, metadata={"tags": list(tags)}) for source in sources]
        nbformat.write(new_notebook(cells=cells), path)
        before = path.read_bytes()
        assert main([str(path), *flags]) == 1
        assert path.read_bytes() == before
        assert list(tmp_path.iterdir()) == [path]
        return capsys.readouterr().err

    return run


def test_raising_cell_is_named(refused):
    message = refused("x = 0", "y = 1\ny / x", tags=["raises-exception"])
    assert "bad.ipynb not stored: In [2] (id " in message
    assert "`y = 1`" in message
    assert "ZeroDivisionError" in message


def test_dead_kernel_is_named(refused):
    message = refused("import os; os._exit(1)")
    assert "In [1]" in message
    assert "Kernel died" in message


def test_slow_cell_is_named(refused):
    message = refused("import time; time.sleep(30)", flags=["--timeout=1"])
    assert "In [1]" in message
    assert "timed out" in message


def test_too_large_a_notebook_names_its_largest_output(tmp_path):
    notebook = new_notebook(cells=[new_code_cell("small = 1"), new_code_cell("large = 1")])
    notebook.cells[0].outputs = [new_output("stream", text="x" * 300_000)]
    notebook.cells[1].outputs = [new_output("stream", text="x" * 700_000)]
    complaint = r"limit is 1 MB\. Largest outputs: In \[2\] .*`large = 1`\) 0\.70 MB"
    with pytest.raises(execute.ExecutionFailed, match=complaint):
        execute.as_text(notebook, "big.ipynb")


OTHER_FILES = [("{", "not a notebook"), ("[]", "not a notebook"), ('{"nbformat": 3}', "format 3")]


@pytest.mark.parametrize(("text", "complaint"), OTHER_FILES)
def test_other_files_are_refused(tmp_path, capsys, text, complaint):
    path = tmp_path / "bad.ipynb"
    path.write_text(text)
    assert main([str(path)]) == 1
    assert complaint in capsys.readouterr().err
    assert path.read_text() == text


def test_interrupted_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "a.ipynb"
    path.write_text("old")
    monkeypatch.setattr(execute.os, "replace", lambda *names: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        execute.write_atomically(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_stored_passes_the_strict_suite(stored):
    folder = stored[0]
    (folder / "pytest.ini").write_text("[pytest]\n")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--nbval",
        "-q",
        "-p",
        "no:cacheprovider",
        "-c",
        "pytest.ini",
        "messy.ipynb",
    ]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout
    assert f"{len(SOURCES) + 1} passed" in done.stdout
