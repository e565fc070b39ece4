"""Prove the tests: break the library in one place at a time, and see whether the tests of that place notice.

`python -m tests.mutation` draws 200 mistakes from a seeded generator, out of all places in `layers`, `chain`, `nets`
and `optim` where one of the operators below applies. Each runs in a process of its own on a copy of the package,
against the tests of its own module, for at most 8 seconds of computing. What was tried already is read from build/, so
that an interrupted run goes on where it stopped. At the end stand the survivors and the share caught.
"""

import argparse
import ast
import difflib
import functools
import hashlib
import importlib.util
import json
import multiprocessing
import os
import random
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = "cs231n_lib"
SECONDS = 8

VALUES, LAWS, ERRORS = "test_layers_values.py", "test_layer_laws.py", "test_layer_errors.py"
SEQUENCES, NETS = ["test_recurrent_values.py", LAWS, ERRORS], ["test_nets.py"]
ALL_LAYERS = [VALUES, LAWS, ERRORS]

# module -> the files of its tests, and the words that choose its own among them
TESTS_OF: dict[str, tuple[list[str], str]] = {
    "chain.py": (["test_chain.py"], ""),
    "layers/_checks.py": ([ERRORS, "test_recurrent_values.py"], ""),
    "layers/activations.py": (ALL_LAYERS, "relu or sigmoid or tanh"),
    "layers/affine.py": (ALL_LAYERS, "affine"),
    "layers/attention.py": (SEQUENCES, "attention or position or heads or refuse"),
    "layers/blocks.py": (ALL_LAYERS, "affine_ or conv_relu or conv_bn_relu or blocks"),
    "layers/conv.py": (ALL_LAYERS, "conv or naive_and_fast"),
    "layers/conv_fast.py": (ALL_LAYERS, "conv or naive_and_fast"),
    "layers/dropout.py": (ALL_LAYERS, "dropout"),
    "layers/losses.py": (ALL_LAYERS, "loss or scores"),
    "layers/normalization.py": (ALL_LAYERS, "norm or eps"),
    "layers/pooling.py": (ALL_LAYERS, "pool or naive_and_fast"),
    "layers/recurrent.py": (SEQUENCES, "rnn or lstm or refuse"),
    "layers/sequence.py": (SEQUENCES, "embedding or temporal or refuse"),
    "nets/base.py": (NETS, "not linear and not captioning"),
    "nets/captioning.py": (NETS, "captioning or sampling"),
    "nets/convnet.py": (NETS, "not linear and not captioning"),
    "nets/fully_connected.py": (NETS, "not linear and not captioning"),
    "nets/linear.py": (NETS, "linear or softmax"),
    "nets/nearest_neighbor.py": (["test_knn.py"], ""),
    "nets/two_layer.py": (NETS, "not linear and not captioning"),
    "optim.py": (["test_optim.py"], ""),
}

# Survivors that no test can catch, one a line: the mutant's name, " because ", the reason.
EQUIVALENT = dict(
    line.split(" because ", 1) for line in Path(__file__).with_name("equivalent_mutants.txt").read_text().splitlines()
)


def drop_a_term(node: ast.AST, _) -> Iterator[ast.AST]:
    match node:
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            yield from (left, right)
        case ast.BinOp(left=left, op=ast.Sub()):
            yield left


def wrong_sign_or_product(node: ast.AST, _) -> Iterator[ast.AST]:
    other = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}
    match node:
        case ast.BinOp(left=left, op=op, right=right) if type(op) in other:
            yield ast.BinOp(left, other[type(op)](), right)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            yield operand


def sum_for_mean(node: ast.AST, _) -> Iterator[ast.AST]:
    other = {"sum": "mean", "mean": "sum"}
    match node:
        case ast.Attribute(value=value, attr=attr) if attr in other:
            yield ast.Attribute(value, other[attr], ast.Load())


def assign_for_add(node: ast.AST, _) -> Iterator[ast.AST]:
    match node:
        case ast.AugAssign(target=target, op=ast.Add() | ast.Sub(), value=value):
            yield ast.Assign([target], value)


def drop_a_line(node: ast.AST, _) -> Iterator[ast.AST]:
    match node:
        case ast.AugAssign() | ast.Assign(targets=[ast.Subscript()]) | ast.Expr(value=ast.Call()):
            yield ast.Pass()


def wrong_axis(node: ast.AST, _) -> Iterator[ast.AST]:
    match node:
        case ast.keyword(arg="axis" | "axes" as arg, value=ast.Constant(value=int(axis))):
            yield ast.keyword(arg, ast.Constant(1 if axis == 0 else 0))
        case ast.keyword(arg="axis" | "axes" as arg, value=ast.Tuple(elts=[*most, _])):
            yield ast.keyword(arg, ast.Tuple(most, ast.Load()))
        case ast.Attribute(value=value, attr="T"):
            yield value
        case ast.Call(func=ast.Attribute(value=value, attr="transpose" | "swapaxes")):
            yield value


def edit_in_place(node: ast.AST, arguments: set[str]) -> Iterator[ast.AST]:
    ufunc = {ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide"}
    match node:
        case ast.BinOp(left=ast.Name(id=name) as left, op=op, right=right) if name in arguments and type(op) in ufunc:
            function = ast.Attribute(ast.Name("np", ast.Load()), ufunc[type(op)], ast.Load())
            yield ast.Call(function, [left, right], [ast.keyword("out", left)])


def one_less(node: ast.AST, _) -> Iterator[ast.AST]:
    match node:
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            yield ast.BinOp(left, ast.Div(), ast.BinOp(right, ast.Sub(), ast.Constant(1)))


def double_precision(node: ast.AST, _) -> Iterator[ast.AST]:
    float64 = ast.Attribute(ast.Name("np", ast.Load()), "float64", ast.Load())
    match node:
        case ast.Attribute(attr="dtype"):
            yield float64
        case ast.Call(func=ast.Attribute(value=value, attr="astype")):
            yield value
        case ast.Call(func=ast.Name(id="float"), args=[value]):
            yield ast.Call(float64, [value], [])


def wrong_comparison(node: ast.AST, _) -> Iterator[ast.AST]:
    other = {ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq}
    match node:
        case ast.Compare(left=left, ops=[op], comparators=comparators) if type(op) in other:
            yield ast.Compare(left, [other[type(op)]()], comparators)
        case ast.If(test=test, body=body, orelse=orelse):
            yield ast.If(ast.UnaryOp(ast.Not(), test), body, orelse)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            yield ast.IfExp(test, orelse, body)


def wrong_number(node: ast.AST, _) -> Iterator[ast.AST]:
    match node:
        case ast.Constant(value=bool()):
            return
        case ast.Constant(value=int(value)):
            yield ast.Constant(value + 1)
        case ast.Constant(value=float(value)):
            yield ast.Constant(2 * value if value else 1.0)


def swap_results(node: ast.AST, _) -> Iterator[ast.AST]:
    match node:
        case ast.Return(value=ast.Tuple(elts=[*most, one, other])) if not isinstance(other, ast.Tuple):
            yield ast.Return(ast.Tuple([*most, other, one], ast.Load()))


def wrong_function(node: ast.AST, _) -> Iterator[ast.AST]:
    other = {"maximum": "minimum", "max": "min", "zeros": "ones", "zeros_like": "ones_like", "exp": "expm1"}
    other |= {"log": "log1p", "sqrt": "abs", "argmax": "argmin"}
    match node:
        case ast.Attribute(value=value, attr=attr) if attr in other:
            yield ast.Attribute(value, other[attr], ast.Load())
        case ast.Name(id="reversed"):
            yield ast.Name("iter", ast.Load())


OPERATORS: list[Callable[[ast.AST, set[str]], Iterator[ast.AST]]] = [
    drop_a_term,
    wrong_sign_or_product,
    sum_for_mean,
    assign_for_add,
    drop_a_line,
    wrong_axis,
    edit_in_place,
    one_less,
    double_precision,
    wrong_comparison,
    wrong_number,
    swap_results,
    wrong_function,
]


class Mutator(ast.NodeTransformer):
    """Replace the node at which an operator applies for the index-th time; messages, names and types stay."""

    def __init__(self, operator: Callable, index: int) -> None:
        self.operator, self.index = operator, index
        self.count, self.arguments = 0, set[str]()

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.Raise | ast.arg | ast.JoinedStr | ast.Import | ast.ImportFrom | ast.AnnAssign):
            return node
        if self.operator is wrong_number and isinstance(node, ast.UnaryOp):
            return node  # reshape takes -2 for -1
        if isinstance(node, ast.FunctionDef):
            self.arguments = {argument.arg for argument in node.args.args}
            node.returns, returns = None, node.returns
            self.generic_visit(node)
            node.returns = returns
            return node
        for mutant in self.operator(node, self.arguments):
            self.count += 1
            if self.count == self.index + 1:
                return mutant
        return self.generic_visit(node)


@dataclass(frozen=True)
class Mutant:
    """One mistake: the module, the operator's name, the whole mutated source and the lines that differ."""

    module: str
    operator: str
    source: str
    name: str

    @property
    def key(self) -> str:
        return hashlib.sha256((self.name + self.source).encode()).hexdigest()[:16]


def sites_of(module: str, operator: Callable) -> int:
    """Count the places of a module where an operator applies."""
    mutator = Mutator(operator, -1)  # changes nothing
    mutator.visit(_tree((ROOT / PACKAGE / module).read_text()))
    return mutator.count


def mutant_of(module: str, operator: Callable, index: int) -> Mutant:
    """Apply an operator at one of its places."""
    text = (ROOT / PACKAGE / module).read_text()
    before = ast.unparse(ast.parse(text))
    after = ast.unparse(ast.fix_missing_locations(Mutator(operator, index).visit(ast.parse(text))))
    return Mutant(module, operator.__name__, after, f"{module}: {_difference(before, after)}")


def draw(count: int, seed: int) -> list[Mutant]:
    """Draw mutants, each operator in turn, so that no operator crowds out the others."""
    rng = random.Random(seed)
    heaps = []
    for operator in OPERATORS:
        heap = [(module, operator, index) for module in TESTS_OF for index in range(sites_of(module, operator))]
        rng.shuffle(heap)
        heaps.append(heap)
    drawn: list[Mutant] = []
    while len(drawn) < count and any(heaps):
        turn = [mutant_of(*heap.pop()) for heap in heaps if heap]
        drawn += [mutant for mutant in turn if not mutant.name.endswith(":  -> ")]  # (out, out) swapped is no change
    return drawn[:count]


@functools.cache
def _tree(text: str) -> ast.AST:
    return ast.parse(text)


def _difference(before: str, after: str) -> str:
    lines = list(difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm=""))[2:]
    old = "; ".join(line[1:].strip() for line in lines if line.startswith("-"))
    new = "; ".join(line[1:].strip() for line in lines if line.startswith("+"))
    return f"{old} -> {new}"


class Workshop:
    """A copy of package and tests, in which one module at a time is broken and mended again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in (PACKAGE, "tests"):
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", folder)

    def try_out(self, module: str, source: str | None = None) -> tuple[str, float]:
        """Run a module's tests, with other source if given; return what came of it and how many seconds it took."""
        path = self.folder / PACKAGE / module
        original = path.read_text()
        if source is not None:
            path.write_text(source)
            Path(importlib.util.cache_from_source(str(path))).unlink(missing_ok=True)
        start = time.perf_counter()
        fork = multiprocessing.get_context("fork")
        process = fork.Process(target=_run_tests, args=(self.folder, module, source is None))
        process.start()
        process.join()
        path.write_text(original)
        assert process.exitcode != 5, f"{module}: its tests were not found"
        outcome = "survived" if process.exitcode == 0 else "out of time" if process.exitcode in (-24, -9) else "caught"
        return outcome, time.perf_counter() - start


def _run_tests(folder: Path, module: str, may_store: bool) -> None:
    """In a process of its own: run the module's tests on the copy, silently, and exit with pytest's code."""
    import pytest

    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    os.chdir(folder)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    sys.dont_write_bytecode = not may_store  # the copy's stored bytecode must never come from a mutant
    sys.path.insert(0, str(folder))
    for name in [name for name in sys.modules if name.split(".")[0] in (PACKAGE, "tests")]:
        del sys.modules[name]
    files, words = TESTS_OF[module]
    options = ["-x", "-q", "-o", "addopts=", "-p", "no:cacheprovider", "--noconftest", "-k", words]
    os._exit(pytest.main([*options, *(f"tests/{name}" for name in files)]))


def prove(count: int, seed: int, store: Path | None) -> int:
    """Try all drawn mutants, print the survivors and the share caught; return how many survived without a reason."""
    mutants, known = draw(count, seed), _read(store)
    with tempfile.TemporaryDirectory() as folder:
        workshop = Workshop(Path(folder))
        for module in sorted({mutant.module for mutant in mutants}):
            outcome, seconds = workshop.try_out(module)
            assert outcome == "survived", f"{module}: its tests fail before anything is broken ({outcome})"
            print(f"{module}: its tests pass in {seconds:.1f} s", flush=True)
        for number, mutant in enumerate(mutants, 1):
            if mutant.key in known:
                continue
            known[mutant.key], seconds = workshop.try_out(mutant.module, mutant.source)
            _append(store, mutant, known[mutant.key])
            print(f"{number:3} {known[mutant.key]:9} {seconds:4.1f} s  {mutant.operator}: {mutant.name}", flush=True)
    return _report(mutants, known)


def _report(mutants: list[Mutant], known: dict[str, str]) -> int:
    equivalent = [mutant for mutant in mutants if known[mutant.key] != "caught" and mutant.name in EQUIVALENT]
    survivors = [mutant for mutant in mutants if known[mutant.key] != "caught" and mutant.name not in EQUIVALENT]
    for title, group in (("equivalent", equivalent), ("open", survivors)):
        for mutant in group:
            print(f"{title}: {mutant.operator}: {mutant.name}  {EQUIVALENT.get(mutant.name, '')}")
    counted = len(mutants) - len(equivalent)
    caught = counted - len(survivors)
    print(
        f"{caught} of {counted} caught ({caught / counted:.1%}), {len(equivalent)} more change nothing a test can see"
    )
    return len(survivors)


def _read(store: Path | None) -> dict[str, str]:
    if store is None or not store.exists():
        return {}
    rows = [json.loads(line) for line in store.read_text().splitlines()]
    return {row["key"]: row["outcome"] for row in rows}


def _append(store: Path | None, mutant: Mutant, outcome: str) -> None:
    if store is None:
        return
    store.parent.mkdir(exist_ok=True)
    with store.open("a") as file:
        file.write(json.dumps({"key": mutant.key, "outcome": outcome, "name": mutant.name}) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200, help="how many mutants (default 200)")
    parser.add_argument("--seed", type=int, default=0, help="of the generator that draws them (default 0)")
    parser.add_argument("--fresh", action="store_true", help="forget what earlier runs found")
    parser.add_argument("--no-store", action="store_true", help="neither read nor write what runs found")
    choice = parser.parse_args()
    store = None if choice.no_store else ROOT / "build" / "mutants.jsonl"
    if choice.fresh and store is not None:
        store.unlink(missing_ok=True)

    os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"
    import hypothesis  # noqa: F401  loaded once here, so that no mutant waits for them
    import numpy  # noqa: F401
    import pytest  # noqa: F401
    import torch  # noqa: F401

    open_mutants = prove(choice.count, choice.seed, store)
    sys.exit(1 if open_mutants > 0.05 * choice.count else 0)


if __name__ == "__main__":
    main()
