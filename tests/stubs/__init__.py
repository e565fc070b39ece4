"""The official exercises of 2018 to 2026 as nobody has touched them, rebuilt in own words.

`sources` holds what the files consist of; a gap is marked there by `# GAP: what to write` and `# END`, and gets the
comments of its edition here. Names, signatures, given lines and what an untouched function returns are the official
ones; all sentences are our own. `python -m tests.stubs` writes the fingerprints that the checker knows.
"""

from __future__ import annotations

import ast
import functools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import nbformat

from cs231n_lib.check import exercises
from cs231n_lib.check.blank import handed
from cs231n_lib.check.canonical import canonical, fingerprint

SOURCES = Path(__file__).parent / "sources"
LESSONS = Path(__file__).parents[2] / "notebooks"
EDITIONS = range(2018, 2027)
SOFTMAX = "classifiers/softmax.py"
LINEAR = "classifiers/linear_classifier.py"
FULL = ("layers_affine.py", "layers_losses_gap.py", "layers_norms.py", "layers_conv.py")
GAPS = ("optim_sgd.py", "optim_gaps.py")
FILLED = ("optim_sgd.py", "optim_momentum_rmsprop.py", "optim_adam.py")
FC = "classifiers/fc_net_two.py"
ATTENTION = ("transformer_layers_head.py", "transformer_layers_attention.py")
CAPTIONS = ("classifiers/transformer_head.py", "classifiers/transformer.py")

# Assignment, first and last edition, the file in the assignment's folder, what it consists of.
TABLE: list[tuple[int, int, int, str, tuple[str, ...]]] = [
    (1, 2018, 2026, "classifiers/__init__.py", ("classifiers/init_2018.py",)),
    (1, 2018, 2026, "classifiers/k_nearest_neighbor.py", ("classifiers/k_nearest_neighbor.py",)),
    (1, 2018, 2024, "classifiers/linear_svm.py", ("classifiers/linear_svm.py",)),
    (1, 2018, 2024, SOFTMAX, (SOFTMAX,)),
    (1, 2025, 2026, SOFTMAX, ("classifiers/softmax_2025.py",)),
    (1, 2018, 2024, LINEAR, (LINEAR, "classifiers/linear_classifier_svm.py")),
    (1, 2025, 2026, LINEAR, (LINEAR,)),
    (1, 2018, 2020, "classifiers/neural_net.py", ("classifiers/neural_net.py",)),
    (1, 2021, 2024, "classifiers/fc_net.py", (FC,)),
    (1, 2025, 2026, "classifiers/fc_net.py", (FC, "classifiers/fc_net_full.py")),
    (1, 2021, 2021, "layers.py", ("imports_numpy.py", "layers_affine.py", "layers_losses_gap.py")),
    (1, 2022, 2026, "layers.py", ("imports_numpy.py", *FULL)),
    (1, 2021, 2026, "layer_utils.py", ("layer_utils_small.py",)),
    (1, 2021, 2021, "optim.py", ("optim_sgd_gap.py",)),
    (1, 2022, 2026, "optim.py", GAPS),
    (2, 2018, 2020, "classifiers/__init__.py", ("classifiers/empty.py",)),
    (2, 2018, 2020, "classifiers/fc_net.py", (FC, "classifiers/fc_net_full_2018.py")),
    (2, 2021, 2026, "classifiers/fc_net.py", (FC, "classifiers/fc_net_full.py")),
    (2, 2018, 2026, "classifiers/cnn.py", ("classifiers/cnn.py",)),
    (2, 2018, 2020, "layers.py", ("imports_numpy.py", FULL[0], "layers_losses_given.py", *FULL[2:])),
    (2, 2021, 2026, "layers.py", ("imports_numpy.py", *FULL)),
    (2, 2018, 2026, "layer_utils.py", ("layer_utils.py",)),
    (2, 2018, 2026, "fast_layers.py", ("fast_layers.py",)),
    (2, 2018, 2024, "optim.py", GAPS),
    (2, 2025, 2025, "optim.py", FILLED),
    (2, 2026, 2026, "optim.py", GAPS),
    (2, 2025, 2026, "rnn_layers_pytorch.py", ("rnn_layers_pytorch.py",)),
    (2, 2025, 2026, "classifiers/rnn_pytorch.py", ("classifiers/rnn_pytorch.py",)),
    (2, 2018, 2026, "PyTorch.ipynb", ("notebooks/pytorch.py",)),
    (3, 2018, 2020, "layers.py", ("imports_numpy.py", "layers_finished.py", "layers_losses_given.py")),
    (3, 2018, 2020, "layer_utils.py", ("layer_utils_small.py",)),
    (3, 2018, 2020, "optim.py", ("optim_sgd.py", "optim_adam.py")),
    (3, 2021, 2024, "optim.py", FILLED),
    (3, 2018, 2020, "classifiers/__init__.py", ("classifiers/empty.py",)),
    (3, 2018, 2020, "rnn_layers.py", ("rnn_layers_head_2018.py", "rnn_layers.py")),
    (3, 2021, 2024, "rnn_layers.py", ("rnn_layers_head.py", "rnn_layers_affine.py", "rnn_layers.py")),
    (3, 2018, 2024, "classifiers/rnn.py", ("classifiers/rnn.py",)),
    (3, 2018, 2019, "GANs-PyTorch.ipynb", ("gan_pytorch_head.py", "notebooks/gan_2018.py", "gan_losses.py")),
    (3, 2020, 2024, "gan_pytorch.py", ("gan_pytorch_head.py", "gan_pytorch.py", "gan_losses.py")),
    (3, 2021, 2021, "transformer_layers.py", (ATTENTION[0], "transformer_layers_attention_2021.py")),
    (3, 2022, 2024, "transformer_layers.py", ATTENTION),
    (3, 2025, 2026, "transformer_layers.py", (*ATTENTION, "transformer_layers_2025.py")),
    (3, 2021, 2024, "classifiers/transformer.py", (*CAPTIONS, "classifiers/transformer_decoder_given.py")),
    (3, 2025, 2026, "classifiers/transformer.py", CAPTIONS),
    (3, 2021, 2026, "simclr/__init__.py", ("simclr/init.py",)),
    (3, 2021, 2026, "simclr/contrastive_loss.py", ("simclr/contrastive_loss.py", "simclr/contrastive_vectorized.py")),
    (3, 2021, 2026, "simclr/model.py", ("simclr/model.py",)),
    (3, 2021, 2026, "simclr/utils.py", ("simclr/utils.py",)),
]

# A file of 2021 to 2024 that cannot be imported until its gap is filled: an `if` without a body.
UNPARSED = '''class CIFAR10Pair:
    """Two views of an image."""

    def __getitem__(self, index):
        img, target = self.data[index], self.targets[index]
        if self.transform is not None:
            # GAP: two views of the image
            # END

        return x_i, x_j, target
'''


class Stub(NamedTuple):
    """An untouched exercise: where it stands, and its source."""

    edition: int
    file: str
    name: str
    assignment: int
    text: str


def files(assignment: int, edition: int) -> dict[str, str]:
    """Return the files of an assignment's `cs231n` folder, and the cells of its notebooks, as one edition has them."""
    return {file: dressed("\n\n".join(texts), edition) for file, texts in _neutral(assignment, edition).items()}


def _neutral(assignment: int, edition: int) -> dict[str, list[str]]:
    """Return the parts of the files, the gaps marked as in the sources."""
    rows = [row for row in TABLE if row[0] == assignment and row[1] <= edition <= row[2]]
    found = {file: [_part(name) for name in parts] for _, _, _, file, parts in rows}
    if assignment == 3 and 2021 <= edition <= 2024:
        found["simclr/data_utils.py"] = [UNPARSED]
    return found


@functools.cache
def _part(name: str) -> str:
    """Return one of the sources without the words to our own tools."""
    text = (SOURCES / name).read_text(encoding="utf-8")
    return "".join(line for line in text.splitlines(True) if not re.match(r"# (ruff|mypy): ", line)).strip("\n")


def folder(assignment: int, edition: int, into: Path) -> Path:
    """Write the folder of an assignment, `into/cs231n`, as one edition hands it out; return `into`."""
    for file, text in {"__init__.py": "", **files(assignment, edition)}.items():
        if file.endswith(".py"):
            path = Path(into) / "cs231n" / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return Path(into)


@functools.cache
def dressed(text: str, edition: int) -> str:
    """Return a source with the comments that an edition puts around its gaps."""
    starred = 2019 <= edition <= 2024
    lines: list[str] = []
    for line in text.splitlines():
        found = re.match(r"( *)# (GAP: (.*)|END( from 2019)?)$", line)
        if found is None:
            lines.append(line)
            continue
        pad, _gap, task, later = found.groups()
        bar, star = f"{pad}{'#' * (79 - len(pad))}", f"{pad}# *****"
        if task:
            lines += [bar, f"{pad}# TODO: {task}", bar, *([f"{star}START OF YOUR CODE*****"] if starred else [])]
        else:
            lines += ["", f"{star}END OF YOUR CODE*****"] if starred else []
            lines += [] if later and edition == 2018 else [bar, f"{pad}#{'END OF YOUR CODE':^60}#", bar]
    return "\n".join(lines) + "\n"


def untouched() -> Iterator[Stub]:
    """Give all untouched exercises that the checker knows, of every edition."""
    for stub, gap in _all():
        if gap:
            yield stub


def finished() -> Iterator[Stub]:
    """Give the exercises that an edition hands out finished."""
    for stub, gap in _all():
        if not gap:
            yield stub


def _all() -> Iterator[tuple[Stub, bool]]:
    """Give the exercises of all editions, and whether each has a gap."""
    names = [name for name in exercises() if not name.endswith(("_lines", "_mistake"))]
    for edition in EDITIONS:
        for assignment in (1, 2, 3):
            for file, parts in _neutral(assignment, edition).items():
                if file == "simclr/data_utils.py":
                    continue
                pieces = {key: piece for part in parts for key, piece in _pieces(part).items()}
                for name in names:
                    here = pieces.get(name.split(" ")[0])
                    if here and fits(name, file):
                        yield Stub(edition, file, name, assignment, dressed(here[0], edition)), here[1]


def fits(name: str, file: str) -> bool:
    """Return whether an exercise is meant that stands in a file: the net in PyTorch, or the one of the same name."""
    return name != "ThreeLayerConvNet" or file.endswith(".ipynb")


@functools.cache
def _pieces(text: str) -> dict[str, tuple[str, bool]]:
    """Return each function, class and method of a source: the text of the function or class, whether it has a gap."""
    found = {}
    for node in ast.parse(text).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            whole = _between(text, node)
            found[node.name] = whole, "# GAP" in whole
            for method in node.body if isinstance(node, ast.ClassDef) else []:
                if isinstance(method, ast.FunctionDef):
                    found[f"{node.name}.{method.name}"] = whole, "# GAP" in _between(text, method)
    return found


def _between(text: str, node: ast.FunctionDef | ast.ClassDef) -> str:
    """Return the lines of a function or class, with a comment that closes it."""
    lines, last = text.splitlines(True), node.end_lineno or 0
    pad = " " * (node.col_offset + 4)
    while last < len(lines) and lines[last].startswith(pad + "#"):
        last += 1
    return "".join(lines[node.lineno - 1 : last])


def lesson_blanks() -> Iterator[tuple[str, str]]:
    """Give the blanks of the lessons: the name of the exercise, and the source of the function to fill in."""
    for path in sorted(LESSONS.glob("*.ipynb")):
        cells = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
        blanks = {}
        for text in cells:
            if found := re.match(r"(?:def|class) ([Mm]y\w+)", text):
                blanks[found[1]] = text
        for name, function in re.findall(r'check\("([^"]+)", (\w+)', "\n".join(cells)):
            if function in blanks:
                yield name, blanks[function]


def prints() -> dict[str, list[str]]:
    """Return the fingerprints of all untouched exercises and of the lessons' blanks, by name."""
    found: dict[str, set[str]] = {}
    for name, text in [*((stub.name, stub.text) for stub in untouched()), *lesson_blanks()]:
        source = handed(name, text).function
        if source is not None:
            found.setdefault(name.split(" ")[0], set()).add(fingerprint(canonical(source)))
    return {name: sorted(hashes) for name, hashes in sorted(found.items())}


def written() -> str:
    """Return the fingerprints as the checker's file holds them."""
    return json.dumps(prints(), indent=1) + "\n"
