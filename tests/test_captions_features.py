"""The shipped features of captioned pictures: what they know of fresh scenes, where they are kept, what they refuse."""

import numpy as np
import pytest

from cs231n_lib.data import attributes as labels
from cs231n_lib.data import cache, load_captions, scenes
from cs231n_lib.nets import attributes as net


@pytest.fixture(scope="module", params=["one", "two"])
def fresh(request):
    """Scenes of the validation split, which the net has never seen, and its features of them."""
    data = load_captions(1, 300, objects=request.param)
    raw = net.feature_maps(data["val_images"])
    return request.param, data["val_scenes"], net.vectors(raw), net.place_features(raw)


# --- what the net is taught


def test_labels_by_hand():
    spec = scenes.take(scenes.draw_captioned("val", 2, objects="two"), [0, 1])
    fields = {"count": [2, 1], "shape": [[3, 9]] * 2, "colour": [[0, 7]] * 2, "size": [[250, 400]] * 2}
    fields |= {"x": [[-500, 620]] * 2, "y": [[375, -375]] * 2}
    spec |= {name: np.array(values, np.int32) for name, values in fields.items()}
    marks = labels.present(spec)
    assert [[labels.NAMES[k] for k in np.flatnonzero(row)] for row in marks] == [
        ["star", "flower", "red", "white", "small", "large"],
        ["star", "red", "small"],
    ]
    there = labels.by_place(spec)
    found = [
        {(p % 8, p // 8): tuple(there[i, p].tolist()) for p in np.flatnonzero(there[i, :, 0] >= 0)} for i in (0, 1)
    ]
    # columns 1 and 2 have their centres at -.625 and -.375, row 5 at .375; column 6 at .625, row 2 at -.375
    assert found[1] == {(1, 5): (3, 0, 0), (2, 5): (3, 0, 0)}
    assert found[0] == found[1] | {(6, 2): (9, 7, 1)}


def test_coordinates_run_row_by_row():
    xy = labels.coordinates()
    assert xy.shape == (64, 2) and xy.dtype == np.float32
    assert (
        xy[0].tolist() == [-0.875, -0.875] and xy[7].tolist() == [0.875, -0.875] and xy[8].tolist() == [-0.875, -0.625]
    )


# --- what it knows


def test_the_vector_tells_which_attributes_a_fresh_scene_holds(fresh):
    objects, spec, vectors, _ = fresh
    right = (net.attribute_scores(vectors) > 0) == (labels.present(spec) > 0)
    assert right.all(axis=1).mean() > {"one": 0.95, "two": 0.90}[objects]  # measured .98 and .96
    if objects == "one":
        scores, truth = net.attribute_scores(vectors), labels.numbers(spec)[:, 0].T
        for columns, number in zip(labels.KINDS.values(), truth, strict=True):
            assert (scores[:, columns].argmax(axis=1) == number).mean() > 0.97


def test_the_map_tells_what_stands_where(fresh):
    _, spec, _, maps = fresh
    scores, there = net.place_scores(maps), labels.by_place(spec)
    taken = there[:, :, 0] >= 0
    assert ((scores[:, :, -1] > 0) == taken).mean() > 0.985
    for kind, columns in enumerate(labels.KINDS.values()):
        assert (scores[:, :, columns].argmax(axis=2) == there[:, :, kind])[taken].mean() > 0.97


def test_features_have_the_promised_form(fresh):
    _, _, vectors, maps = fresh
    assert vectors.shape == (300, 128) and maps.shape == (300, 64, 66)
    assert vectors.dtype == maps.dtype == np.float32
    assert abs(vectors.mean()) < 0.3 and 0.7 < vectors.std() < 1.3
    assert abs(maps[:, :, :64].mean()) < 0.3 and 0.7 < maps[:, :, :64].std() < 1.3
    np.testing.assert_array_equal(maps[5, :, 64:], labels.coordinates())


def test_the_weights_are_small_and_plain_numbers():
    assert net.WEIGHTS.stat().st_size <= 600_000
    assert {name: value.shape for name, value in net.load_weights().items()} == net.expected_shapes()


# --- add_features


@pytest.fixture
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("CS231N_CACHE", str(tmp_path))
    return load_captions(30, 20, objects="one")


def count_runs(monkeypatch):
    runs, run = [], net.feature_maps

    def counted(images, *rest):
        runs.append(len(images))
        return run(images, *rest)

    monkeypatch.setattr(net, "feature_maps", counted)
    return runs


def test_add_features_adds_and_changes_nothing_else(data):
    before = dict(data)
    found = net.add_features(data, maps=True)
    assert data.keys() == before.keys() and all(found[name] is data[name] for name in data)
    assert found.keys() - data.keys() == {"train_features", "val_features", "train_maps", "val_maps"}
    assert net.add_features(data).keys() - data.keys() == {"train_features", "val_features"}
    np.testing.assert_allclose(found["val_features"], net.add_features(data)["val_features"], atol=1e-5)
    np.testing.assert_allclose(found["val_features"], net.vectors(net.feature_maps(data["val_images"])), atol=1e-5)


@pytest.mark.parametrize("maps", [False, True])
def test_features_come_from_the_cache_the_second_time(data, monkeypatch, maps):
    runs = count_runs(monkeypatch)
    first, second = net.add_features(data, maps), net.add_features(data, maps)
    assert runs == [30, 20]
    for name in set(first) - set(data):
        np.testing.assert_array_equal(first[name], second[name])


def test_other_pictures_or_weights_are_not_found_in_the_cache(data, monkeypatch):
    net.add_features(data)
    runs = count_runs(monkeypatch)
    other = data | {"val_images": data["val_images"].copy()}
    other["val_images"][3, 0, 0, 0] ^= 1
    net.add_features(other)
    assert runs == [20]
    weights = net.load_weights()
    monkeypatch.setattr(net, "_shipped", lambda: weights | {"b5": weights["b5"] + 1})
    net.add_features(data)
    assert runs == [20, 30, 20]


def test_a_damaged_cache_is_computed_again(data):
    first = net.add_features(data)["val_features"]
    for path in cache.folder().glob("features-*"):
        path.write_bytes(path.read_bytes()[:200])
    np.testing.assert_array_equal(net.add_features(data)["val_features"], first)


def test_a_picture_has_its_features_whatever_stands_beside_it(fresh, monkeypatch):
    data = load_captions(1, 120, objects=fresh[0])
    monkeypatch.setattr(net, "AT_ONCE", 37)
    np.testing.assert_allclose(net.vectors(net.feature_maps(data["val_images"])), fresh[2][:120], atol=1e-3)


def test_no_pictures_have_no_features():
    assert net.feature_maps(np.zeros((0, 64, 64, 3), np.uint8)).shape == (0, 64, 64)


@pytest.mark.parametrize(
    "images",
    [np.zeros((2, 32, 32, 3), np.uint8), np.zeros((2, 64, 64, 3)), np.zeros((64, 64, 3), np.uint8)],
)
def test_pictures_of_another_form_are_refused(images):
    with pytest.raises(ValueError, match=r"feature_maps: images are .*; use \(N, 64, 64, 3\) uint8"):
        net.feature_maps(images)


def test_data_without_pictures_are_refused():
    with pytest.raises(ValueError, match="data has no 'train_images'"):
        net.add_features({})


# --- files of weights


def store(path, **changes):
    arrays = net.load_weights() | changes
    np.savez(path, **{name: value for name, value in arrays.items() if value is not None})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"W3": None}, "holds W3 of shape None; this net has"),
        ({"W9": np.ones(3)}, r"holds W9 of shape \(3,\); this net has None"),
        ({"b_whole": np.ones(19)}, r"holds b_whole of shape \(19,\); this net has \(20,\)"),
        ({"b1": np.full(24, np.nan)}, "holds nan"),
    ],
)
def test_other_weights_are_refused(tmp_path, changes, message):
    store(tmp_path / "w.npz", **changes)
    with pytest.raises(ValueError, match=message):
        net.load_weights(tmp_path / "w.npz")


def test_spoilt_and_evil_files_are_refused(tmp_path):
    path = tmp_path / "w.npz"
    np.savez(path, W1=np.array([{}], dtype=object))
    with pytest.raises(ValueError, match="damaged or no npz file"):
        net.load_weights(path)
    path.write_bytes(net.WEIGHTS.read_bytes()[:5000])
    with pytest.raises(ValueError, match="damaged or no npz file"):
        net.load_weights(path)
    with pytest.raises(FileNotFoundError):
        net.load_weights(tmp_path / "nowhere.npz")


# --- training


def test_numpy_computes_what_pytorch_does():
    import torch

    from cs231n_lib.pytorch import attributes as training

    torch.manual_seed(0)
    model = training.AttributeNet()
    X = torch.randint(0, 256, (6, 3, 64, 64), dtype=torch.uint8)
    for module in model.modules():  # running statistics and parameters far from where they begin
        if isinstance(module, torch.nn.BatchNorm2d):
            for values in (module.weight, module.bias, module.running_mean, module.running_var):
                assert values is not None
                values.data.uniform_(0.5, 1.5)
    weights = training.weights_for_numpy(model, X)
    with torch.no_grad():
        whole, place = model(training.as_input(X))
    raw = net.feature_maps(X.permute(0, 2, 3, 1).numpy(), weights)
    vectors, maps = net.vectors(raw, weights), net.place_features(raw, weights)
    np.testing.assert_allclose(net.attribute_scores(vectors, weights), whole.numpy(), rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(net.place_scores(maps, weights), place.numpy(), rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(vectors.mean(axis=0), 0, atol=1e-3)


def test_training_from_the_command_line_repeats_itself_and_can_be_resumed(tmp_path, monkeypatch, capsys):
    from cs231n_lib.pytorch import attributes as training

    monkeypatch.chdir(tmp_path)
    settings = ["--share", "0.012", "--epochs", "2"]
    training.main([*settings, "--out", "a.npz", "--checkpoint", "ck"])
    training.main([*settings, "--out", "b.npz", "--resume", "ck_epoch_1.pt"])
    first, second = net.load_weights("a.npz"), net.load_weights("b.npz")
    assert all(np.array_equal(first[name], second[name]) for name in first)
    assert "weights in b.npz" in capsys.readouterr().out


@pytest.mark.full
def test_training_again_reaches_the_same_accuracy(tmp_path):
    """About ten minutes on a quiet core. Within .03 of the shipped weights, on 500 fresh scenes of each kind."""
    from cs231n_lib.pytorch import attributes as training

    training.main(["--out", str(tmp_path / "again.npz")])
    for objects in ("one", "two"):
        data = load_captions(1, 500, objects=objects)
        shares = []
        for weights in (net.load_weights(), net.load_weights(tmp_path / "again.npz")):
            vectors = net.vectors(net.feature_maps(data["val_images"], weights), weights)
            right = (net.attribute_scores(vectors, weights) > 0) == (labels.present(data["val_scenes"]) > 0)
            shares.append(right.all(axis=1).mean())
        assert abs(shares[0] - shares[1]) < 0.03, (objects, shares)
