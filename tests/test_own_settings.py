"""A learner's own language and hints change neither what is stored nor what is compared."""

import os
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from cs231n_lib import execute, strict
from cs231n_lib.language import OWN_SETTINGS, environment

CELLS = [
    "import os\nfrom cs231n_lib.check import check",
    "print(os.environ.get('CS231N_LANGUAGE'), os.environ.get('CS231N_HINTS'))",
    "def my_relu_forward(x):\n    return x, x",
    "check('relu_forward', my_relu_forward)",
    "check('relu_forward', my_relu_forward, language='en', hints=4)",
    "check('relu_forward', my_relu_forward, language='zh', hints=0)",
]


@pytest.fixture
def own(monkeypatch):
    monkeypatch.setenv("CS231N_LANGUAGE", "zh")
    monkeypatch.setenv("CS231N_HINTS", "0")


@pytest.fixture
def notebook(tmp_path):
    path = tmp_path / "own.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell(source) for source in CELLS]), path)
    return path


def stands():
    return [os.environ.get(name) for name in OWN_SETTINGS]


def test_the_environment_without_them_is_else_the_same(own):
    assert environment() == {name: text for name, text in os.environ.items() if name not in OWN_SETTINGS}
    assert stands() == ["zh", "0"]


def test_a_notebook_is_stored_and_compared_without_them(own, notebook):
    assert execute.main([str(notebook)]) == 0
    _, printed, _, *checked = nbformat.read(notebook, as_version=4).cells
    assert printed.outputs[0]["text"] == "None None\n"
    plain, english, chinese = (cell.outputs[0]["data"]["text/plain"] for cell in checked)
    assert plain == english != chinese
    command = [sys.executable, "-m", "pytest", "-q", "--nbval", "--nbval-current-env", "-p", "no:cacheprovider"]
    done = subprocess.run([*command, notebook.name], cwd=notebook.parent, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout


def configured(**options):
    config: Any = SimpleNamespace(getoption=lambda name, default=None: options.get(name, default), stash=pytest.Stash())
    strict.pytest_configure(config)
    return config


def test_a_strict_run_puts_them_aside_and_gives_them_back(own):
    config = configured(nbval=True)
    assert stands() == [None, None]
    strict.pytest_unconfigure(config)
    assert stands() == ["zh", "0"]


def test_without_nbval_they_stay(own):
    config = configured()
    assert stands() == ["zh", "0"]
    strict.pytest_unconfigure(config)
    assert stands() == ["zh", "0"]
