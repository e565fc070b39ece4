"""The label-efficiency table: fair choices, a stop and a start, and what the stored numbers say."""

import json

import numpy as np
import pytest
import torch

from cs231n_lib.data import cache
from cs231n_lib.pytorch import label_efficiency
from cs231n_lib.pytorch.label_efficiency import LABELS, SEEDS, WAYS, Settings, Way

TINY = Settings(pictures=300, test=40, epochs=2, batch_size=64, steps=2)


@pytest.fixture(scope="module")
def data():
    return label_efficiency.pictures(TINY)


# the parts ---------------------------------------------------------------------------------------------------------


def test_labels_are_chosen_evenly_and_fewer_begin_more(data):
    y = data["y"]
    many = label_efficiency.chosen(y, 10, seed=1)
    assert torch.equal(torch.bincount(y[many]), torch.full((10,), 10)) and len(many.unique()) == 100
    few = label_efficiency.chosen(y, 3, seed=1)
    assert set(few.tolist()) < set(many.tolist())
    assert set(label_efficiency.chosen(y, 10, seed=2).tolist()) != set(many.tolist())
    with pytest.raises(ValueError, match="300 labels a class; the smallest class has"):
        label_efficiency.chosen(y, 300, seed=0)


def test_a_probe_reads_features_and_no_test_picture():
    """Features that are the class, with noise: a linear probe finds it, from few labels, and leaves the net alone."""
    generator = torch.Generator().manual_seed(0)
    y, y_test = torch.arange(10).repeat(20), torch.arange(10).repeat(5)
    X, X_test = (
        torch.eye(10)[labels] + 0.1 * torch.randn(len(labels), 10, generator=generator) for labels in (y, y_test)
    )
    known = {"X": X, "y": y, "X_test": X_test, "y_test": y_test}
    rows = label_efficiency.chosen(y, 5, seed=0)
    assert label_efficiency.probe_accuracy(torch.nn.Identity(), known, rows) > 0.95
    wrong = {**known, "y": y.roll(1)}
    assert label_efficiency.probe_accuracy(torch.nn.Identity(), wrong, rows) < 0.3


@pytest.mark.parametrize("way", [Way("random", whole=True), Way("crop and colour", whole=True, augmented=True)])
def test_training_changes_a_copy(data, way):
    net = label_efficiency.fresh_encoder(0)
    before = {name: value.clone() for name, value in net.state_dict().items()}
    rows = label_efficiency.chosen(data["y"], 5, seed=0)
    model = label_efficiency.trained(net, data, rows, way, 0, TINY)
    assert all(torch.equal(value, net.state_dict()[name]) for name, value in before.items())
    assert not torch.equal(model.get_parameter("0.0.0.weight"), net.get_parameter("0.0.weight"))
    again = label_efficiency.trained(net, data, rows, way, 0, TINY)
    assert torch.equal(again.get_parameter("1.weight"), model.get_parameter("1.weight"))


def test_the_ways_differ_in_one_thing_at_a_time():
    assert WAYS["SimCLR, probe"] == Way("crop and colour", whole=False)
    assert WAYS["random features, probe"] == Way("random", whole=False)
    assert WAYS["SimCLR, fine-tuned"] == Way("crop and colour", whole=True)
    assert WAYS["SimCLR, fine-tuned, augmented"] == Way("crop and colour", whole=True, augmented=True)
    assert WAYS["from scratch, augmented"] == Way("random", whole=True, augmented=True)
    assert WAYS["from scratch"] == Way("random", whole=True)


# the file ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def few_ways(monkeypatch, tmp_path):
    monkeypatch.setattr(cache, "folder", lambda: tmp_path / "cache")
    ways = {name: WAYS[name] for name in ("SimCLR, probe", "random features, probe")}
    monkeypatch.setattr(label_efficiency, "WAYS", ways)
    monkeypatch.setitem(label_efficiency.measure.__kwdefaults__, "ways", tuple(ways))
    return tmp_path / "table.json"


def measured(path):
    return json.loads(path.read_text())["accuracy"]


def test_what_was_stopped_goes_on_to_the_same_table(few_ways, monkeypatch):
    label_efficiency.measure(few_ways, TINY, seeds=(0,), labels=(3, 5), bar=False)
    whole = measured(few_ways)
    assert len(whole) == 4
    few_ways.unlink()
    calls = []

    def stopped(way, labels, *rest):
        calls.append(labels)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return original(way, labels, *rest)

    original = label_efficiency.accuracy_of
    monkeypatch.setattr(label_efficiency, "accuracy_of", stopped)
    with pytest.raises(KeyboardInterrupt):
        label_efficiency.measure(few_ways, TINY, seeds=(0,), labels=(3, 5), bar=False)
    assert len(measured(few_ways)) == 1
    trained: list = []
    monkeypatch.setattr(label_efficiency, "pretraining", counted(label_efficiency.pretraining, trained))
    label_efficiency.measure(few_ways, TINY, seeds=(0,), labels=(3, 5), bar=False)
    assert measured(few_ways) == whole and len(calls) == 5, "something was measured twice"
    assert trained and all(trainer.iteration == trainer.num_iterations for trainer in trained)


def counted(function, made):
    def call(*args, **kwargs):
        made.append(function(*args, **kwargs))
        return made[-1]

    return call


def test_a_damaged_checkpoint_costs_time_only(few_ways, tmp_path):
    label_efficiency.measure(few_ways, TINY, seeds=(0,), labels=(3,), bar=False)
    whole = measured(few_ways)
    few_ways.unlink()
    files = list((tmp_path / "cache").glob("label_efficiency*.pt"))
    assert len(files) == 2  # one an epoch
    for file in files:
        file.write_bytes(file.read_bytes()[:1000])
    label_efficiency.measure(few_ways, TINY, seeds=(0,), labels=(3,), bar=False)
    assert measured(few_ways) == whole


def test_a_table_of_other_settings_is_refused(few_ways):
    label_efficiency.measure(few_ways, TINY, seeds=(0,), labels=(3,), bar=False)
    other = Settings(**{**vars(TINY), "test": 30})
    with pytest.raises(ValueError, match="give another --out"):
        label_efficiency.measure(few_ways, other, seeds=(0,), labels=(5,), bar=False)


def test_the_command_passes_its_words_on(monkeypatch, tmp_path):
    got: dict = {}
    monkeypatch.setattr(label_efficiency, "measure", lambda *given, **rest: got.update(given=given, **rest))
    monkeypatch.setattr(torch, "set_num_threads", lambda number: None)
    label_efficiency.main(["--out", str(tmp_path / "a.json"), "--seeds", "1", "2", "--batch-size", "64"])
    assert got == {"given": (tmp_path / "a.json", Settings(batch_size=64)), "seeds": [1, 2], "ways": list(WAYS)}


# the stored table --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def mean():
    table = label_efficiency.stored()
    assert set(table) == set(WAYS)
    for way in table.values():
        assert list(way) == list(LABELS) and all(len(seeds) == len(SEEDS) for seeds in way.values())
    return {name: np.array([np.mean(way[n]) for n in LABELS]) for name, way in table.items()}


def test_a_pre_trained_start_helps_where_labels_are_few(mean):
    """At 5, 10 and 20 labels a class, the mean of three seeds; at 100 nothing is claimed but that both learn a lot."""
    fine_tuned, scratch = mean["SimCLR, fine-tuned"], mean["from scratch"]
    assert (fine_tuned[:3] > scratch[:3] + 0.01).all()
    assert min(fine_tuned[3], scratch[3]) > 0.55


def test_pre_trained_features_are_better_than_random_ones(mean):
    assert (mean["SimCLR, probe"] > mean["random features, probe"] + 0.04).all()


def test_more_labels_help(mean):
    for name in ("SimCLR, fine-tuned", "SimCLR, probe", "from scratch", "random features, probe"):
        assert (np.diff(mean[name]) > 0).all(), name
