"""Laws of `cs231n_lib.data`: same pictures everywhere, splits apart, truth of captions, no trust in files."""

import hashlib
import http.server
import io
import os
import pickle
import struct
import subprocess
import sys
import tarfile
import threading
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from numpy._core import _multiarray_umath

from cs231n_lib.data import (
    cache,
    captions,
    cifar10,
    class_index,
    class_names,
    grammar,
    load_captions,
    load_images,
    pickles,
    render,
    scenes,
    shapes,
    write_cifar_batches,
)
from cs231n_lib.data.images import FETCHED
from cs231n_lib.progress import progress

SCRIPT = Path(__file__).parent.parent / "data_scripts" / "get_cifar10.py"


@pytest.fixture(scope="module")
def images():
    return load_images(1200, 1000, 1000, dtype=np.uint8)


@pytest.fixture(scope="module")
def batches(tmp_path_factory):
    """A folder in CIFAR-10's format: 100 training pictures, 20 for the test."""
    folder = tmp_path_factory.mktemp("cifar") / "cifar-10-batches-py"
    write_cifar_batches(folder, per_batch=20)
    return folder


@pytest.fixture
def own_batches(batches, tmp_path, monkeypatch):
    """A copy of that folder to read from, and to spoil."""
    for name in cifar10.FILES:
        (tmp_path / name).write_bytes((batches / name).read_bytes())
    monkeypatch.setenv("CS231N_CIFAR10_DIR", str(tmp_path))
    return tmp_path


# --- the scenes' integers


def test_every_machine_draws_the_same_integers():
    assert scenes.fingerprint(scenes.draw("val", 2000)) == scenes.CHECKSUMS["labelled"]
    assert scenes.fingerprint(scenes.draw_captioned("val", 2000, objects="mixed")) == scenes.CHECKSUMS["captioned"]
    assert hashlib.sha256(scenes.noise_bank().tobytes()).hexdigest() == scenes.CHECKSUMS["noise"]


@pytest.mark.parametrize("draw", [scenes.draw, scenes.draw_captioned])
def test_every_field_is_whole_numbers_and_in_the_fingerprint(draw):
    spec = draw("train", 100)
    for name in spec:
        assert spec[name].dtype == np.int32 and len(spec[name]) == 100
        changed = spec | {name: spec[name].copy()}
        changed[name].flat[-1] += 1
        assert scenes.fingerprint(changed) != scenes.fingerprint(spec)


@pytest.mark.parametrize("draw", [scenes.draw, scenes.draw_captioned])
def test_a_smaller_request_begins_a_larger_one(draw):
    small, large = draw("train", 1100), draw("train", 3000)
    assert all(np.array_equal(small[name], large[name][:1100]) for name in large)
    assert not np.array_equal(large["x"][:1000], large["x"][1000:2000])


def test_each_block_holds_100_of_every_class_in_random_order():
    labels = scenes.draw("train", 2000)["shape"][:, 0].reshape(2, 1000)
    assert all(np.bincount(block, minlength=10).tolist() == [100] * 10 for block in labels)
    assert np.bincount(labels[0, :200], minlength=10).min() > 5


def test_colour_by_class_is_a_share_of_the_main_objects_and_nothing_else():
    def favoured(spec):
        favourites = [scenes.COLOUR_NAMES.index(scenes.FAVOURITE[name]) for name in shapes.SHAPE_NAMES]
        return np.mean(spec["colour"][:, 0] == np.array(favourites)[spec["shape"][:, 0]])

    never, half, always = (scenes.draw("train", 5000, colour_by_class=share) for share in (0, 0.5, 1))
    assert favoured(always) == 1
    assert abs(favoured(never) - 1 / 8) < 0.02 and abs(favoured(half) - 9 / 16) < 0.03
    assert all(np.array_equal(never[name], always[name]) for name in never if name != "colour")


def test_second_objects_differ_in_shape_and_colour():
    spec = scenes.draw("train", 2000)
    assert (spec["shape"][:, 0] != spec["shape"][:, 1]).all() and (spec["colour"][:, 0] != spec["colour"][:, 1]).all()


# --- the pictures


def test_an_object_covers_the_same_place_at_any_size():
    spec = scenes.draw("train", 60)
    small, large = render.render(spec, 32).astype(float), render.render(spec, 64).astype(float)
    halved = large.reshape(60, 32, 2, 32, 2, 3).mean(axis=(2, 4))
    distance = np.sqrt(((small - halved) ** 2).mean(axis=(1, 2, 3)))
    to_another = np.sqrt(((small - np.roll(halved, 1, axis=0)) ** 2).mean(axis=(1, 2, 3)))
    assert distance.max() < 16 < to_another.min()  # what is left is the pixel noise, about 12 levels


def test_a_circle_has_its_area_and_stands_where_the_spec_says():
    spec = scenes.take(scenes.draw("train", 1), [0])
    plain = {"count": 1, "bar": 0, "shape": 0, "x": 250, "y": -125, "size": 500, "stretch": 1000, "brighter": 1}
    spec |= {name: np.full_like(spec[name], value) for name, value in plain.items()}
    without = spec | {"count": np.zeros_like(spec["count"])}
    difference = abs(render.render(spec, 64).astype(float) - render.render(without, 64)).sum(axis=3)[0] > 0
    rows, columns = np.nonzero(difference)
    assert abs(difference.sum() - np.pi * (0.82 * 0.5 * 32) ** 2) < 60
    assert abs(columns.mean() - (32 + 0.25 * 32 - 0.5)) < 0.5 and abs(rows.mean() - (32 - 0.125 * 32 - 0.5)) < 0.5


def test_the_first_object_lies_on_top():
    spec = scenes.take(scenes.draw("train", 1), [0])
    spec["shape"][:] = [[1, 0]]
    spec["x"][:], spec["y"][:], spec["size"][:], spec["bar"][:] = 0, 0, [[700, 300]], 0
    one, two = (render.render(spec | {"count": np.full(1, count, np.int32)}, 32) for count in (1, 2))
    assert np.array_equal(one, two)


def test_pixels_do_not_hang_on_the_company_they_are_drawn_in():
    spec = scenes.draw("train", 350)
    together = render.render(spec, 32)
    alone = render.render(scenes.take(spec, slice(97, 203)), 32)
    assert np.array_equal(together[97:203], alone)


def test_another_processor_moves_no_pixel(tmp_path):
    code = (
        "import sys, numpy as np; from cs231n_lib.data import render, scenes;"
        "np.save(sys.argv[1], render.render(scenes.draw('train', 2000), 32))"
    )
    features = " ".join(name for name in _multiarray_umath.__cpu_dispatch__ if "AVX512" in name or "V4" in name)
    here = render.render(scenes.draw("train", 2000), 32)
    for core in ("Haswell", "Sandybridge"):
        other = {"OPENBLAS_CORETYPE": core, "NPY_DISABLE_CPU_FEATURES": features}
        command = [sys.executable, "-W", "ignore", "-c", code, tmp_path / "x.npy"]
        subprocess.run(command, env=os.environ | other, check=True)
        assert np.array_equal(np.load(tmp_path / "x.npy"), here), core


def test_every_machine_draws_the_same_pixels():
    pixels = render.render(scenes.draw("val", 2000), 32)
    assert hashlib.sha256(pixels.tobytes()).hexdigest() == scenes.CHECKSUMS["pixels"]


@pytest.mark.parametrize("size", [7, 129])
def test_render_refuses_sizes_out_of_range(size):
    with pytest.raises(ValueError, match="8 to 128"):
        render.render(scenes.draw("train", 1), size)


# --- load_images


def test_splits_share_no_picture(images):
    seen = [{picture.tobytes() for picture in images[f"X_{split}"]} for split in ("train", "val", "test")]
    assert len(set.union(*seen)) == 1200 + 1000 + 1000


def test_other_numbers_change_no_picture(images):
    fewer = load_images(300, 200, 100, dtype=np.uint8)
    for split, number in (("train", 300), ("val", 200), ("test", 100)):
        assert np.array_equal(fewer[f"X_{split}"], images[f"X_{split}"][:number])
        assert np.array_equal(fewer[f"y_{split}"], images[f"y_{split}"][:number])


def test_default_is_raw_pixels_as_float32_beside_int64_labels(images):
    data = load_images(50, 20, 10)
    assert data["X_train"].shape == (50, 32, 32, 3) and data["X_train"].dtype == np.float32
    assert np.array_equal(data["X_train"], images["X_train"][:50])
    assert data["y_train"].dtype == np.int64 and data["y_train"].shape == (50,)
    assert data["class_names"] == class_names() == shapes.SHAPE_NAMES


def test_layout_moves_the_colours_to_the_front(images):
    data = load_images(20, 10, 10, layout="NCHW")
    assert data["X_test"].shape == (10, 3, 32, 32) and data["X_test"].flags.c_contiguous
    assert np.array_equal(data["X_test"].transpose(0, 2, 3, 1), images["X_test"][:10])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_mean_is_that_of_training_alone_and_taken_from_all(images, dtype):
    data = load_images(100, 30, 30, subtract_mean=True, dtype=dtype)
    mean = images["X_train"][:100].mean(axis=0)
    assert data["X_val"].dtype == dtype
    np.testing.assert_allclose(data["mean_image"], mean, rtol=1e-6)
    np.testing.assert_allclose(data["X_val"], images["X_val"][:30] - mean, atol=1e-4)
    np.testing.assert_allclose(data["X_train"].mean(axis=0), 0, atol=1e-3)


def test_no_validation_or_test_pictures_is_a_request_too():
    data = load_images(10, 0, 0)
    assert data["X_val"].shape == (0, 32, 32, 3) and data["y_test"].shape == (0,)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"source": "imagenet"}, "source is 'imagenet'; use 'scenes' or 'cifar10'"),
        ({"layout": "CHWN"}, "layout is 'CHWN'; use 'NHWC' or 'NCHW'"),
        ({"num_train": 50_001}, "num_train is 50001; use a whole number from 1 to 50000"),
        ({"num_val": 10_001}, "num_val is 10001; .* 10000"),
        ({"num_test": 10_001}, "num_test is 10001; .* 10000"),
        ({"num_train": 0}, "num_train is 0"),
        ({"num_val": -1}, "num_val is -1"),
        ({"num_test": -5}, "num_test is -5"),
        ({"num_train": 10.0}, "num_train is 10.0; use a whole number"),
        ({"num_train": True}, "num_train is True"),
        ({"dtype": np.int8}, "dtype is int8; use float32, float64 or uint8"),
        ({"dtype": np.uint8, "subtract_mean": True}, "uint8 .* subtract_mean"),
        ({"colour_by_class": 1.5}, "colour_by_class is 1.5; use a share from 0 to 1"),
    ],
)
def test_load_images_names_the_setting_it_refuses(settings, message):
    with pytest.raises(ValueError, match=message):
        load_images(**settings)


def test_class_index_finds_a_name_or_lists_them():
    assert [class_index(name) for name in class_names()] == list(range(10))
    assert class_index("cat", "cifar10") == 3
    with pytest.raises(ValueError, match=r"'cat'; use one of circle, .*flower"):
        class_index("cat")


# --- CIFAR-10


def test_source_is_chosen_by_argument_then_environment_never_by_the_disk(own_batches, monkeypatch, images):
    assert np.array_equal(load_images(200, 10, 10)["X_train"], images["X_train"][:200])  # the folder has only 100
    monkeypatch.setenv("CS231N_DATA", "cifar10")
    with pytest.raises(ValueError, match="num_train is 200"):
        load_images(200, 10, 10)
    assert len(load_images(200, 10, 10, source="scenes")["X_train"]) == 200
    monkeypatch.setenv("CS231N_DATA", "mnist")
    with pytest.raises(ValueError, match="CS231N_DATA is 'mnist'"):
        load_images(200, 10, 10)
    monkeypatch.delenv("CS231N_DATA")
    assert len(load_images(200, 10, 10)["X_train"]) == 200


def test_written_batches_read_back_as_the_same_pictures(own_batches, images):
    data = load_images(90, 10, 20, source="cifar10", dtype=np.uint8)
    assert np.array_equal(data["X_train"], images["X_train"][:90])
    assert np.array_equal(data["y_train"], images["y_train"][:90])
    assert np.array_equal(data["X_val"][:2], images["X_train"][98:100])  # a fiftieth of the rows is a block
    assert np.array_equal(data["X_test"], images["X_test"][:20])
    assert np.array_equal(data["y_test"], images["y_test"][:20])
    assert data["class_names"] == shapes.SHAPE_NAMES


# For each fetched set, the fixture that puts a small stand-in where `load` looks: 20, 2 and 10 pictures or more.
STAND_INS = {"cifar10": "own_batches"}


@pytest.mark.parametrize("name", FETCHED)
@pytest.mark.parametrize("fewer", [(10, 2, 10), (20, 1, 10), (20, 2, 5)])
def test_no_split_of_a_fetched_set_depends_on_the_size_of_another(name, fewer, request):
    request.getfixturevalue(STAND_INS[name])
    whole, part = (load_images(*numbers, source=name, dtype=np.uint8) for numbers in ((20, 2, 10), fewer))
    for split, number in zip(("train", "val", "test"), fewer, strict=True):
        assert part[f"X_{split}"].shape == (number, 32, 32, 3)
        assert np.array_equal(part[f"X_{split}"], whole[f"X_{split}"][:number])
        assert np.array_equal(part[f"y_{split}"], whole[f"y_{split}"][:number])


def test_cifar_validation_comes_from_the_end_whatever_the_rest(own_batches, images):
    wide, narrow = (load_images(*numbers, 5, source="cifar10") for numbers in ((10, 3), (96, 1)))
    assert np.array_equal(wide["y_val"], images["y_train"][[98, 99, 96]])
    assert np.array_equal(wide["X_val"], images["X_train"][[98, 99, 96]])
    assert np.array_equal(narrow["X_val"], wide["X_val"][:1])
    with pytest.raises(ValueError, match="num_train is 97; use a whole number from 1 to 96"):
        load_images(97, 3, 5, source="cifar10")


def test_real_cifar_validation_is_the_courses():
    assert cifar10._val_rows(50_000, 1000).tolist() == list(range(49_000, 50_000))


@pytest.mark.parametrize(("encoding", "as_key"), [("latin1", bytes.decode), ("bytes", bytes)])
def test_batches_load_as_python_2_pickles_do(batches, images, encoding, as_key):
    with open(batches / "data_batch_2", "rb") as file:
        batch = pickle.load(file, encoding=encoding)
    assert set(batch) == {as_key(key) for key in (b"batch_label", b"labels", b"data", b"filenames")}
    data = batch[as_key(b"data")]
    assert data.dtype == np.uint8 and data.shape == (20, 3072)
    assert np.array_equal(data[3, 1024:2048].reshape(32, 32), images["X_train"][23, :, :, 1])  # the green plane
    assert batch[as_key(b"labels")] == images["y_train"][20:40].tolist()
    assert len(batch[as_key(b"filenames")]) == 20


def test_cifar_not_fetched_says_where_it_looked_and_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("CS231N_CIFAR10_DIR", str(tmp_path / "nowhere"))
    with pytest.raises(ValueError) as error:
        load_images(source="cifar10")
    assert str(tmp_path / "nowhere") in str(error.value) and "python data_scripts/get_cifar10.py" in str(error.value)


class Evil:
    def __reduce__(self):
        return os.mkdir, ("evil-was-here",)


def with_entry(name, value):
    """Spell out a batch of 20 with one entry changed."""
    batch = {b"data": np.zeros((20, 3072), np.uint8), b"labels": [0] * 20} | {name: value}
    return pickle.PROTO + b"\x02" + pickles._encoded(batch) + pickle.STOP


SPOILT = [
    (lambda good: good[:5000], "cannot be read"),
    (lambda good: b"", "cannot be read"),
    (lambda good: b"<html>not found</html>", "cannot be read"),
    (lambda good: pickle.dumps({1: Evil()}, protocol=2), "mkdir has no place in it"),
    (lambda good: pickle.dumps([1, 2, 3]), "holds a list where a dict should be"),
    (lambda good: good.replace(b"labels", b"babels"), "with N labels"),
    (lambda good: good.replace(b"u1", b"i1"), "bytes with"),
    (lambda good: with_entry(b"data", np.zeros((20, 3000), np.uint8)), "bytes with"),
    (lambda good: with_entry(b"data", [0] * 20), "bytes with"),
    (lambda good: good.replace(struct.pack("<i", 3072), struct.pack("<i", 3071)), "bytes with"),
    (lambda good: with_entry(b"labels", [0] * 19), "with N labels"),
    (lambda good: with_entry(b"labels", b"x" * 20), "with N labels"),
    (lambda good: with_entry(b"labels", [10] * 20), "labels outside 0..9"),
    (lambda good: with_entry(b"labels", [[]] * 20), "labels outside 0..9"),
]


@pytest.mark.parametrize(("spoil", "message"), SPOILT)
def test_a_spoilt_or_evil_batch_is_an_error_and_runs_nothing(own_batches, monkeypatch, spoil, message):
    monkeypatch.chdir(own_batches)
    path = own_batches / "data_batch_3"
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(ValueError) as error:
        load_images(10, 10, 10, source="cifar10")
    assert message in str(error.value) and "python data_scripts/get_cifar10.py" in str(error.value)
    assert str(path) in str(error.value) and not Path("evil-was-here").exists()


@pytest.mark.parametrize("per_batch", [0, 15, 10_010])
def test_write_cifar_batches_refuses_uneven_numbers(tmp_path, per_batch):
    with pytest.raises(ValueError, match="multiple of 10"):
        write_cifar_batches(tmp_path, per_batch)


# --- the cache


@pytest.fixture
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("CS231N_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def numbered():
    return np.arange(12, dtype=np.uint8).reshape(3, 4)


def test_cache_builds_once_and_leaves_one_whole_file(own_cache):
    cache.cached("a", numbered)
    again = cache.cached("a", lambda: pytest.fail("built a second time"))
    assert np.array_equal(again, numbered()) and again.dtype == np.uint8
    assert [path.name for path in own_cache.iterdir()] == ["a.npz"]


def foreign(path):
    np.savez(path, array=np.zeros((3, 4), np.uint8), digest=np.array("0"))


def of_another_key(path):
    cache.cached("b", lambda: np.zeros((3, 4), np.uint8))
    path.write_bytes(path.with_name("b.npz").read_bytes())


def flipped_byte(path):
    content = bytearray(path.read_bytes())
    content[content.index(numbered().tobytes()) + 5] ^= 1
    path.write_bytes(content)


def pickled(path):
    np.savez(path, array=np.array([Evil()], object), digest=np.array("0"))


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(path.read_bytes()[:150]),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"something else"),
        lambda path: np.save(path.open("wb"), np.zeros((3, 4))),
        foreign,
        of_another_key,
        flipped_byte,
        pickled,
    ],
)
def test_a_damaged_or_foreign_cache_file_is_built_again(own_cache, monkeypatch, damage):
    cache.cached("a", numbered)
    monkeypatch.chdir(own_cache)
    damage(own_cache / "a.npz")
    assert np.array_equal(cache.cached("a", numbered), numbered())
    assert np.array_equal(cache.cached("a", lambda: pytest.fail("was not stored again")), numbered())
    assert not Path("evil-was-here").exists()


def test_an_unwritable_cache_costs_time_only(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("CS231N_CACHE", str(tmp_path / "file"))
    assert np.array_equal(cache.cached("a", numbered), numbered())


def test_a_failed_write_leaves_nothing_behind(own_cache, monkeypatch):
    def full(*_):
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "replace", full)
    assert np.array_equal(cache.cached("a", numbered), numbered())
    assert list(own_cache.iterdir()) == []


def test_load_images_renders_once(own_cache, monkeypatch):
    first = load_images(50, 0, 0)["X_train"]
    monkeypatch.setattr("cs231n_lib.data.pictures.render", lambda *_: pytest.fail("rendered a second time"))
    assert np.array_equal(load_images(500, 0, 0)["X_train"][:50], first)


def test_pictures_of_other_settings_never_meet_in_the_cache(own_cache):
    plain, coloured = (load_images(50, 0, 0, colour_by_class=share)["X_train"] for share in (0, 1))
    assert not np.array_equal(plain, coloured)
    assert np.array_equal(load_images(50, 0, 0, colour_by_class=0)["X_train"], plain)


# --- captions


@pytest.fixture(scope="module")
def captioned():
    return load_captions(300, 50, objects="mixed")


def scene(*objects):
    """Build one scene of (size word, colour, shape, x, y) by hand."""
    spec = scenes.take(scenes.draw_captioned("train", 1), [0])
    spec["count"][0] = len(objects)
    for which, (size, colour, shape, x, y) in enumerate(objects):
        spec["size"][0, which] = {"small": 240, "large": 420}[size]
        spec["colour"][0, which] = scenes.COLOUR_NAMES.index(colour)
        spec["shape"][0, which] = shapes.SHAPE_NAMES.index(shape)
        spec["x"][0, which], spec["y"][0, which] = x, y
    return spec


ONE = scene(("large", "red", "star", 0, 0))
TWO = scene(("large", "red", "star", -450, 100), ("small", "blue", "ring", 450, -150))


@pytest.mark.parametrize(
    ("spec", "sentence", "expected"),
    [
        (ONE, "a large red star", (3, 3, 3)),
        (ONE, "<START> a red star <END> <NULL>", (2, 2, 3)),
        (ONE, "a small red star", (2, 3, 3)),
        (ONE, "a blue moon", (0, 2, 3)),
        (ONE, "a red star left of a red star", (2, 5, 3)),  # a thing that is not there earns nothing
        (ONE, "red star", (0, 0, 3)),
        (ONE, "a star red", (0, 0, 3)),
        (ONE, "", (0, 0, 3)),
        (TWO, "a large red star left of a small blue ring", (7, 7, 7)),
        (TWO, "a small blue ring above a red star", (6, 6, 7)),
        (TWO, "a red star right of a blue ring", (4, 5, 7)),
        (TWO, "a blue ring and a red star", (4, 4, 7)),
        (TWO, "a red star", (2, 2, 7)),
        (TWO, "a blue star left of a red ring", (3, 5, 7)),  # the colours swapped
        (TWO, "a red star and a red star", (2, 4, 7)),  # one object matches one noun
        (TWO, "a red star near a blue ring", (0, 0, 7)),
    ],
)
def test_facts_counts_what_is_true_stated_and_there(spec, sentence, expected):
    assert grammar.facts(sentence, spec, 0) == expected


def test_precision_and_recall_are_shares_of_facts():
    judged = grammar.facts("a red star right of a blue ring", TWO, 0)
    assert judged.precision == 4 / 5 and judged.recall == 4 / 7
    silent = grammar.facts("colourless green ideas", TWO, 0)
    assert silent.precision == 0 and silent.recall == 0


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ((250, 0), ["left of"]),
        ((-250, 250), ["right of", "above"]),
        ((0, -250), ["below"]),
        ((150, -150), []),
        ((-150, 150), []),
    ],
)
def test_relations_need_a_clear_distance(other, expected):
    spec = scene(("large", "red", "star", 0, 0), ("small", "blue", "ring", *other))
    assert grammar.relations(spec, 0, 0, 1) == expected


def test_size_words_split_the_sizes_at_their_gap(captioned):
    sizes = np.unique(captioned["train_scenes"]["size"])
    assert np.diff(sizes).max() > 80
    for size, word in ((sizes[np.diff(sizes).argmax()], "small"), (sizes[np.diff(sizes).argmax() + 1], "large")):
        spec = ONE | {"size": np.full((1, 2), size, np.int32)}
        assert grammar.facts(f"a {word} red star", spec, 0).true == 3


def test_own_sentences_are_wholly_true_and_those_of_others_mostly_not(captioned):
    sentences, spec = captioned["train_sentences"], captioned["train_scenes"]
    own = [grammar.facts(text, spec, i) for i, texts in enumerate(sentences) for text in texts]
    other = [grammar.facts(sentences[i - 1][0], spec, i) for i in range(300)]
    assert min(judged.precision for judged in own) == 1
    assert np.mean([judged.recall for judged in own]) > 0.8
    assert np.mean([judged.precision for judged in other]) < 0.4


@pytest.mark.parametrize(("objects", "counts"), [("one", {1}), ("two", {2}), ("mixed", {1, 2})])
def test_objects_decides_how_many_there_are(objects, counts):
    spec = scenes.draw_captioned("train", 200, objects=objects)
    assert set(spec["count"]) == counts
    assert all(grammar.relations(spec, int(i), 0, 1) for i in np.flatnonzero(spec["count"] == 2))


def test_captions_are_laid_out_as_the_courses(captioned):
    codes, words = captioned["train_captions"], captioned["idx_to_word"]
    assert codes.shape == (1500, 17) and codes.dtype == np.int32
    assert words[:4] == ["<NULL>", "<START>", "<END>", "<UNK>"]
    assert {word: idx for idx, word in enumerate(words)} == captioned["word_to_idx"] and len(words) == 32
    assert captioned["train_image_idxs"].tolist() == [i for i in range(300) for _ in range(5)]
    assert captioned["val_images"].shape == (50, 64, 64, 3) and captioned["val_images"].dtype == np.uint8
    for row, picture in zip(codes, captioned["train_image_idxs"], strict=True):
        text = " ".join(words[code] for code in row).partition(" <END>")[0].removeprefix("<START> ")
        assert text in captioned["train_sentences"][picture]
        assert (row[len(text.split()) + 2 :] == 0).all()
    assert set(codes.flat) == {0, 1, 2, *range(4, 32)}  # every word is used, none is unknown


def test_encode_marks_unknown_words_and_refuses_long_sentences():
    assert captions.encode(["a pink star"])[0, :6].tolist() == [1, 4, 3, 19, 2, 0]
    with pytest.raises(ValueError, match="16 words; use at most 15"):
        captions.encode(["a " * 16])


def test_fewer_captioned_pictures_or_references_begin_more(captioned):
    fewer = load_captions(20, 10, objects="mixed", references=2, size=64)
    assert np.array_equal(fewer["train_images"], captioned["train_images"][:20])
    assert fewer["val_sentences"] == [texts[:2] for texts in captioned["val_sentences"][:10]]
    assert len(fewer["train_captions"]) == 40


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"objects": "three"}, "objects is 'three'; use"),
        ({"references": 6}, "references is 6; use a whole number from 1 to 5"),
        ({"num_train": 50_001}, "num_train is 50001; .* 50000"),
        ({"num_val": 0}, "num_val is 0"),
        ({"size": 4}, "size is 4"),
    ],
)
def test_load_captions_names_the_setting_it_refuses(settings, message):
    with pytest.raises(ValueError, match=message):
        load_captions(**{"num_train": 10, "num_val": 10} | settings)


# --- the script that fetches CIFAR-10, against a server on this machine


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def archive(batches, tmp_path):
    """Serve an archive made as the official one is; give a function that packs it and returns url and checksum."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=tmp_path))
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()

    def pack(names=cifar10.FILES, extra=()):
        with tarfile.open(tmp_path / "cifar.tar.gz", "w:gz") as tar:
            for name in names:
                tar.add(batches / name, f"cifar-10-batches-py/{name}")
            for name in extra:
                tar.addfile(tarfile.TarInfo(name), io.BytesIO())
        checksum = hashlib.sha256((tmp_path / "cifar.tar.gz").read_bytes()).hexdigest()
        return f"http://127.0.0.1:{server.server_port}/cifar.tar.gz", checksum

    yield pack
    server.shutdown()
    server.server_close()


def run_script(dest, url, checksum):
    command = [sys.executable, SCRIPT, "--out", dest, "--mirror", url, "--sha256", checksum]
    return subprocess.run(command, capture_output=True, text=True)


def test_script_fetches_what_load_images_reads(archive, tmp_path, monkeypatch, images):
    dest = tmp_path / "deep" / "batches"
    done = run_script(dest, *archive(extra=["../escaped", str(tmp_path / "absolute"), "cifar-10-batches-py/more"]))
    assert done.returncode == 0, done.stderr
    assert {path.name for path in dest.iterdir() if path.suffix != ".lock"} == {*cifar10.FILES, "SHA256SUMS"}
    assert not (tmp_path / "deep" / "escaped").exists() and not (tmp_path / "absolute").exists()
    assert f"CS231N_CIFAR10_DIR to {dest}" in done.stdout
    monkeypatch.setenv("CS231N_CIFAR10_DIR", str(dest))
    data = load_images(80, 10, 10, source="cifar10", dtype=np.uint8)
    assert np.array_equal(data["X_train"], images["X_train"][:80])


def test_script_refuses_an_archive_with_another_checksum(archive, tmp_path):
    url, _ = archive()
    done = run_script(tmp_path / "batches", url, "0" * 64)
    assert done.returncode == 1 and "was not fetched" in done.stderr
    assert not [path for path in (tmp_path / "batches").iterdir() if path.suffix != ".lock"]


def test_script_names_what_an_archive_lacks(archive, tmp_path):
    done = run_script(tmp_path / "batches", *archive(names=cifar10.FILES[1:]))
    assert done.returncode == 1 and "data_batch_1" in done.stderr and "Traceback" not in done.stderr


def test_script_says_so_when_nobody_answers(tmp_path):
    done = run_script(tmp_path / "batches", "http://127.0.0.1:9/cifar.tar.gz", "0" * 64)
    assert done.returncode == 1 and "was not fetched" in done.stderr and "Traceback" not in done.stderr


# --- around


def test_progress_passes_everything_through_in_order(capsys):
    assert list(progress(iter("abc"), "letters", total=3)) == ["a", "b", "c"]
    assert "letters" in capsys.readouterr().err


def test_loading_data_brings_no_heavy_package():
    heavy = ["torch", "matplotlib", "h5py", "pooch", "sklearn", "tqdm", "PIL"]
    code = f"import sys, cs231n_lib.data, cs231n_lib.progress; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
