"""The tests themselves are tested: a mistake put into the library makes them fail."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests import mutation


def run(*options: str) -> str:
    command = [sys.executable, "-m", "tests.mutation", *options]
    result = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_a_sample_of_mistakes_is_caught():
    assert "6 of 6 caught" in run("--count", "6", "--no-store")


@pytest.mark.full
def test_200_mistakes_are_caught():
    run()


def test_the_draw_repeats_itself_and_every_mutant_is_python_of_its_own():
    mutants = mutation.draw(60, seed=1)
    assert [mutant.name for mutant in mutants] == [mutant.name for mutant in mutation.draw(60, seed=1)]
    assert len({mutant.key for mutant in mutants}) == 60
    assert not any(mutant.name.endswith(":  -> ") for mutant in mutants)
    assert {mutant.operator for mutant in mutants} == {operator.__name__ for operator in mutation.OPERATORS}
    for mutant in mutants:
        compile(mutant.source, mutant.module, "exec")


def test_every_module_has_its_tests():
    package = mutation.ROOT / mutation.PACKAGE
    modules = [*package.glob("layers/*.py"), *package.glob("nets/*.py"), package / "chain.py", package / "optim.py"]
    names = {path.relative_to(package).as_posix() for path in modules if path.name != "__init__.py"}
    trained = {"nets/attributes.py"}  # runs a net with stored weights; its tests, on pictures, take too long for this
    assert names - trained == set(mutation.TESTS_OF)


@pytest.mark.parametrize(
    ("operator", "before", "after"),
    [
        ("drop_a_term", "a + b", ["a", "b"]),
        ("wrong_sign_or_product", "a * b", ["a / b"]),
        ("sum_for_mean", "a.mean(axis=0)", ["a.sum(axis=0)"]),
        ("assign_for_add", "a += b", ["a = b"]),
        ("drop_a_line", "a /= b", ["pass"]),
        ("wrong_axis", "a.T @ f(b, axis=0)", ["a @ f(b, axis=0)", "a.T @ f(b, axis=1)"]),
        ("one_less", "a / b", ["a / (b - 1)"]),
        ("double_precision", "f(a.dtype)", ["f(np.float64)"]),
        ("wrong_comparison", "a > b", ["a >= b"]),
        ("wrong_number", "a[0] * 0.5", ["a[1] * 0.5", "a[0] * 1.0"]),
        ("wrong_function", "np.exp(a)", ["np.expm1(a)"]),
    ],
)
def test_what_the_operators_do(operator, before, after, tmp_path, monkeypatch):
    (tmp_path / mutation.PACKAGE).mkdir()
    (tmp_path / mutation.PACKAGE / "m.py").write_text(before)
    monkeypatch.setattr(mutation, "ROOT", tmp_path)
    function = getattr(mutation, operator)
    sites = range(mutation.sites_of("m.py", function))
    assert [mutation.mutant_of("m.py", function, index).source for index in sites] == after


def test_messages_names_and_types_stay_as_they_are(tmp_path, monkeypatch):
    (tmp_path / mutation.PACKAGE).mkdir()
    source = "def f(x: A[1]) -> B[2]:\n    '''One.'''\n    y: C[3] = x\n    raise ValueError(f'{x + 1} {4}')\n"
    (tmp_path / mutation.PACKAGE / "m.py").write_text(source)
    monkeypatch.setattr(mutation, "ROOT", tmp_path)
    assert [mutation.sites_of("m.py", operator) for operator in mutation.OPERATORS] == [0] * len(mutation.OPERATORS)


def test_a_survivor_is_reported(capsys):
    mutants = [mutation.Mutant("m.py", "drop_a_term", source, f"m.py: {source}") for source in "abc"]
    outcomes = dict(zip((mutant.key for mutant in mutants), ("caught", "survived", "out of time"), strict=True))
    assert mutation._report(mutants, outcomes) == 2
    assert "open: drop_a_term: m.py: b" in capsys.readouterr().out
