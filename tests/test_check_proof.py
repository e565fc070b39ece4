"""How well the checker judges: foreign mutants are placed, pairs named, mutants caught; `check_proof` has it all."""

import inspect
from functools import partial

import pytest

from tests import check_proof, foreign_mutants
from tests.check_proof import Piece, Row, main
from tests.foreign_mutants import KINDS, Mutant, hosts, mutants
from tests.grafts import grafts
from tests.own_mutants import surviving
from tests.proof_pieces import PAIRS, WRITTEN, diagnosed, of_foreign, with_mistakes

LEAST = {  # of the foreign mutants that run, in every so-manieth exercise: the share whose line is told, or beside it
    16: {"library": 0.85, "graft": 0.75},
    1: {"library": 0.85, "graft": 0.72},
}


def sampled(exercises, every):
    """Mark what takes long as part of the long proof; one exercise of `every` runs always."""
    return [
        pytest.param(e, id=e.name, marks=[] if i % every == 0 else pytest.mark.full) for i, e in enumerate(exercises)
    ]


# --- mutants of another origin ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("every", [pytest.param(16, id="sample"), pytest.param(1, id="all", marks=pytest.mark.full)])
@pytest.mark.parametrize("kind", KINDS)
def test_the_line_of_a_foreign_mutant_is_told(kind, every):
    count = 4 if every == 1 else 3
    rows = [row for exercise in WRITTEN[::every] for row in of_foreign(kind, exercise.name, count)]
    lines = [row.good for row in rows if row.figure.endswith("that runs: its line told")]
    stops = [row.good for row in rows if row.figure.endswith("that stops: its line told")]
    called_right = [row.name for row in rows if row.figure.endswith("called right") and row.good]
    assert len(lines) + len(stops) > 75 * count / every
    assert sum(lines) >= LEAST[every][kind] * len(lines)
    assert sum(stops) >= 0.7 * len(stops)
    assert len(called_right) <= 0.01 * len(lines)


@pytest.mark.parametrize("kind", KINDS)
def test_a_foreign_mutant_stands_as_text_and_differs_where_it_says(kind):
    found = list(mutants("svm_loss_naive", kind, 4))
    assert len(found) == 4 and sum(mutant.stops for mutant in found) <= 1
    for mutant in found:
        assert inspect.getsource(mutant.load()) == mutant.text
        old, new = mutant.host.text.splitlines(), mutant.text.splitlines()
        assert mutant.lines and all(new[line - 1] not in old for line in mutant.lines)


def test_foreign_mutants_are_the_same_each_time():
    first, again = ([mutant.text for mutant in mutants("sgd_momentum", "library", 4)] for _ in range(2))
    assert first == again and len(first) == 4


def test_a_mutant_that_means_the_same_is_dropped(monkeypatch):
    host = next(host for host in hosts("sgd") if host.origin == "textbook")
    same = host.text.replace("w - ", "w + -")
    wrong = host.text.replace("w - ", "w + ")
    monkeypatch.setattr(foreign_mutants, "candidates", lambda *_: iter(Mutant(host, "", "", t) for t in (same, wrong)))
    assert same != host.text and [mutant.text for mutant in mutants("sgd", "library", 4)] == [wrong]


def test_a_graft_takes_only_names_that_its_host_has():
    host = "def f(x, y):\n    a = x.sum(axis=0)\n    return a * y\n"
    donor = "def f(x, y):\n    b = y + 1\n    a = b.sum(axis=1)\n    a = y.sum(axis=1)\n    return x * (y - x)\n"
    made = {text() for _, text in grafts(host, donor, set())}
    assert "def f(x, y):\n    a = y.sum(axis=1)\n    return a * y\n" in made
    assert "def f(x, y):\n    a = x.sum(axis=0)\n    return (x * (y - x))\n" in made
    assert not any("b" in text.partition("return")[0].partition(":")[2] for text in made)


# --- its own list ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("every", [pytest.param(400, id="sample"), pytest.param(1, id="all", marks=pytest.mark.full)])
def test_nine_of_ten_pairs_name_one_of_the_two(every):
    named = []
    for exercise, pair in PAIRS[::every]:
        fn = with_mistakes(exercise, pair)
        if fn is not None:
            named.append(bool(diagnosed(exercise.name, fn) & {m.id for m in pair}))
    assert len(named) > 3000 / every
    assert sum(named) >= 0.95 * len(named)


@pytest.mark.parametrize("exercise", sampled(WRITTEN, 20))
def test_mutants_are_caught(exercise):
    assert surviving(exercise) == []


# --- the command -----------------------------------------------------------------------------------------------------


@pytest.fixture
def measured(tmp_path, monkeypatch):
    """List the pieces measured; three of two sections stand in place of the real ones, the second breaks off."""
    seen, broken = [], ["b"]

    def measure(name):
        seen.append(name)
        if name in broken:
            broken.clear()
            raise KeyboardInterrupt
        return [Row("one mistake, named exactly", name != "c", f"case {name}", 0.5)]

    own = [Piece(section, name, partial(measure, name)) for section, name in ("1a", "1b", "2c")]
    monkeypatch.setattr(check_proof, "pieces", lambda: own)
    monkeypatch.setattr(check_proof, "STORE", tmp_path / "build" / "found.jsonl")
    return seen


def test_the_proof_goes_on_where_it_was_stopped(measured, capsys):
    assert main([]) == 0 and measured == ["a", "b"]
    assert "1 of 3 pieces" in capsys.readouterr().out
    assert main([]) == 1 and measured == ["a", "b", "b", "c"]
    assert "not so: one mistake, named exactly: case c" in capsys.readouterr().out
    assert main(["--table"]) == 1 and len(measured) == 4


def test_the_proof_stops_after_its_minutes_and_chooses_sections(measured):
    main(["--minutes", "0"])
    assert measured == ["a"]
    main(["--sections", "2"])
    assert measured == ["a", "c"]


def test_what_was_found_of_other_code_does_not_count(measured, monkeypatch, capsys):
    main(["--minutes", "0"])
    monkeypatch.setattr(check_proof, "code_digest", lambda: b"edited")
    capsys.readouterr()
    main(["--table"])
    assert "0 of 3 pieces" in capsys.readouterr().out


def test_a_line_cut_short_is_measured_again_and_fresh_forgets_all(measured):
    main(["--minutes", "0"])
    check_proof.STORE.write_text(check_proof.STORE.read_text()[:-9])
    main(["--minutes", "0"])
    assert measured == ["a", "a"]
    main(["--minutes", "0", "--fresh"])
    assert measured == ["a", "a", "a"]
