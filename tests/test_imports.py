"""Arrows between modules run one way, loading them costs little, and the wheel holds all of them."""

import ast
import os
import shutil
import subprocess
import sys
from functools import cache
from graphlib import TopologicalSorter
from importlib.util import resolve_name
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "cs231n_lib"
FILES = sorted(PACKAGE.rglob("*.py"))

# What each part may import besides itself. `progress` and what lies at the very bottom are open to all.
BELOW: dict[str, set[str]] = {
    "progress": set(),
    "safety": set(),
    "language": set(),
    "layers": set(),
    "optim": set(),
    "gradcheck": set(),
    "features": set(),
    "data": set(),
    "chain": {"layers"},
    "nets": {"layers", "chain", "data"},  # `nets.attributes` computes features of pictures, kept in the cache
    "solver": {"layers", "chain", "nets", "optim"},
    "textbook": {"nets"},  # the captioning net shares what it is made with
    "pytorch": {"layers", "chain", "data"},  # `twins.chain` runs the steps of a NumPy net
}
OPEN_TO_ALL = {"progress", "safety"}
# These stand above: nothing in BELOW knows them, they may use everything there, and each other without circles.
ABOVE = {"check", "step", "show", "handouts", "official", "execute", "results", "strict", "__main__"}


def module_name(file: Path, folder: Path = ROOT) -> str:
    return ".".join(file.relative_to(folder).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_name(file): file for file in FILES}


def part(module: str) -> str:
    """Return the part of the package a module belongs to: `layers` for `cs231n_lib.layers.conv`."""
    return module.split(".")[1] if "." in module else ""


def imported(source: str, known: set[str], package: str = "") -> set[str]:
    """Return the modules among `known` that a source in `package` imports anywhere, inside functions too.

    `from package import name` means the module `package.name` where there is one, otherwise `package`.
    """
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            origin = resolve_name("." * node.level + (node.module or ""), package)
            names = {f"{origin}.{alias.name}" for alias in node.names}
            found |= {name if name in known else origin for name in names}
    return found & known


def wrong_arrows(imports: dict[str, set[str]]) -> list[str]:
    """Return the imports that run against the arrows."""
    found = []
    for module, targets in imports.items():
        here = part(module)
        for there in sorted({part(target) for target in targets} - {here, *OPEN_TO_ALL}):
            allowed = here in ABOVE or there in BELOW.get(here, set())
            if not allowed or there == "":
                found.append(f"{module} imports {'the package root' if there == '' else there}")
    return found


@cache
def graph() -> dict[str, set[str]]:
    """Return for each module the modules of the package that it imports."""
    found = {}
    for module, file in MODULES.items():
        package = module if file.name == "__init__.py" else module.rpartition(".")[0]
        found[module] = imported(file.read_text(encoding="utf-8"), set(MODULES), package)
    return found


def test_arrows_run_one_way():
    assert not wrong_arrows(graph())


def test_every_part_has_its_place():
    assert {part(module) for module in MODULES} - {""} <= BELOW.keys() | ABOVE


def test_no_circles():
    list(TopologicalSorter(graph()).static_order())  # raises CycleError, which names the circle


def test_no_star_imports():
    stars = [
        module
        for module, file in MODULES.items()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*"
    ]
    assert not stars


@pytest.mark.parametrize(
    ("module", "source", "complaint"),
    [
        ("cs231n_lib.layers.affine", "from cs231n_lib.nets import linear", "imports nets"),
        ("cs231n_lib.layers.affine", "def f():\n    import cs231n_lib.pytorch.twins", "imports pytorch"),
        ("cs231n_lib.data.scenes", "from cs231n_lib.layers.affine import affine_forward", "imports layers"),
        ("cs231n_lib.solver", "from cs231n_lib.check import check", "imports check"),
        ("cs231n_lib.check.run", "from cs231n_lib import something", "imports the package root"),
        ("cs231n_lib.nets.linear", "from cs231n_lib.layers.affine import affine_forward", ""),
        ("cs231n_lib.check.run", "from cs231n_lib.layers.affine import affine_forward", ""),
    ],
)
def test_a_wrong_arrow_is_found(module, source, complaint):
    known = {"cs231n_lib.nets.linear", "cs231n_lib.pytorch.twins", "cs231n_lib.layers.affine", "cs231n_lib.check"}
    found = wrong_arrows({module: imported(source, known | {"cs231n_lib"})})
    assert found == ([f"{module} {complaint}"] if complaint else [])


# The official modules that are PyTorch's from their first line; all others of `official` are light.
OFFICIAL_TORCH = {
    f"cs231n_lib.official.{name}"
    for name in (
        "pictures",
        "torch_solver",
        "cs231n.captioning_solver_pytorch",
        "cs231n.captioning_solver_transformer",
        "cs231n.classifiers.rnn_pytorch",
        "cs231n.classifiers.transformer",
        "cs231n.gan_pytorch",
        "cs231n.net_visualization_pytorch",
        "cs231n.rnn_layers_pytorch",
        "cs231n.simclr.contrastive_loss",
        "cs231n.simclr.data_utils",
        "cs231n.simclr.model",
        "cs231n.simclr.utils",
        "cs231n.style_transfer_pytorch",
        "cs231n.transformer_layers",
    )
}


def weight(module: str) -> str:
    """Return the part that says what a module may load."""
    return "pytorch" if module in OFFICIAL_TORCH else part(module)


def test_the_official_modules_of_pytorch_are_there():
    assert MODULES.keys() >= OFFICIAL_TORCH


# What importing costs ---------------------------------------------------------------------------------------------

LOAD = """
import importlib, sys
for name in sys.argv[2].split():
    importlib.import_module(name)
    heavy = sorted({"torch", "matplotlib"} & sys.modules.keys() - set(sys.argv[1].split()))
    assert not heavy, f"{name} loads {heavy}"
"""


def python(*arguments, **environment):
    """Run this Python with arguments; return what it printed, and fail with what it complained about."""
    done = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, env=os.environ | environment, timeout=100
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize(("allowed", "parts"), [("", None), ("matplotlib", {"show"}), ("torch", {"pytorch"})])
def test_importing_loads_neither_torch_nor_matplotlib(allowed, parts):
    """All modules but PyTorch's and `show` in one fresh process; `show` may bring matplotlib, no torch."""
    chosen = [name for name in MODULES if (weight(name) in parts if parts else weight(name) not in {"show", "pytorch"})]
    python("-c", LOAD, allowed, " ".join(sorted(chosen, key=lambda name: name.count("."))))


@pytest.mark.parametrize(
    "name", [name for name in ("layers", "data", "check", "step", "official") if f"cs231n_lib.{name}" in MODULES]
)
def test_each_door_by_itself_is_light(name):
    python("-c", LOAD, "", f"cs231n_lib.{name}")


def test_heavy_imports_are_noticed():
    with pytest.raises(AssertionError, match=r"matplotlib loads \['matplotlib'\]"):
        python("-c", LOAD, "torch", "matplotlib")


def test_package_root_loads_nothing():
    printed = python("-c", "import sys; n = set(sys.modules); import cs231n_lib; print(*(set(sys.modules) - n))")
    assert printed.split() == ["cs231n_lib"]


# The wheel --------------------------------------------------------------------------------------------------------

IMPORT_ALL = """
import importlib, sys
from pathlib import Path
target = Path(sys.argv[1]).resolve()
for name in sys.argv[2].split():
    file = Path(importlib.import_module(name).__file__).resolve()
    assert target in file.parents, f"{name} comes from {file}"
"""


@pytest.mark.full
def test_wheel_holds_every_module_and_all_package_data(tmp_path):
    """Build from a copy (setuptools leaves build/ in the tree it builds), install it alone, import all of it there."""
    source, target = tmp_path / "source", tmp_path / "target"
    shutil.copytree(PACKAGE, source / PACKAGE.name, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / file, source)
    python("-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(source))
    (wheel,) = tmp_path.glob("*.whl")
    python("-m", "pip", "install", "--no-deps", "--no-index", "--target", str(target), str(wheel))

    data = {
        file.relative_to(ROOT) for file in PACKAGE.rglob("*") if file.is_file() and file.suffix not in (".py", ".pyc")
    }
    assert not {str(file) for file in data if not (target / file).exists()}
    assert (target / PACKAGE.name / "py.typed").exists()  # type checkers read the annotations
    # -P keeps the working directory off the path; the copy on PYTHONPATH goes before an editable install.
    python("-P", "-c", IMPORT_ALL, str(target), " ".join(MODULES), PYTHONPATH=str(target))
