"""CS231N_DATA=cifar10 runs the lessons on pictures in CIFAR-10's format, with its class names, unchanged."""

from pathlib import Path

import numpy as np
import pytest

from cs231n_lib import execute
from cs231n_lib.data import cifar10, load_images

LESSONS = Path(__file__).resolve().parent.parent / "notebooks"


@pytest.fixture(scope="module")
def stand_in(tmp_path_factory):
    """6500 and 1300 of our pictures in a folder that looks like CIFAR-10's."""
    folder = tmp_path_factory.mktemp("stand_in") / "cifar-10-batches-py"
    data = load_images(6500, 0, 1300, source="scenes", dtype=np.uint8)
    train, test = ((data[f"X_{split}"], data[f"y_{split}"]) for split in ("train", "test"))
    cifar10.write(folder, train, test, cifar10.CLASS_NAMES)
    return folder


def run(lesson, folder, monkeypatch):
    """Run a lesson as `CS231N_DATA=cifar10` would; return all it printed."""
    monkeypatch.setenv("CS231N_DATA", "cifar10")
    monkeypatch.setenv("CS231N_CIFAR10_DIR", str(folder))
    path = LESSONS / f"{lesson}.ipynb"
    notebook = execute.load(path)
    execute.run(notebook, LESSONS)
    streams = [output for cell in execute.code_cells(notebook) for output in cell.outputs]
    return "".join(output.text for output in streams if output.output_type == "stream")


def test_the_lessons_see_the_other_classes(stand_in, monkeypatch):
    assert "'airplane', 'automobile', 'bird'" in run("00_start_here", stand_in, monkeypatch)


def test_a_lesson_of_pictures_runs_unchanged(stand_in, monkeypatch):
    assert "test accuracy 0." in run("02_svm", stand_in, monkeypatch)


def test_without_the_data_the_lesson_says_how_to_fetch_them(tmp_path, monkeypatch):
    with pytest.raises(execute.ExecutionFailed, match=r"data_batch_1.*get_cifar10\.py"):
        run("00_start_here", tmp_path, monkeypatch)
