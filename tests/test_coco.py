"""Our scenes in the layout of the course's caption files: written, read back, and refused when they are spoilt."""

import json
import os

import h5py
import numpy as np
import pytest

from cs231n_lib.data import coco, decode_captions, load_captions


@pytest.fixture(scope="module")
def data():
    found = load_captions(12, 6, objects="one")
    rng = np.random.default_rng(0)
    return found | {
        f"{split}_features": rng.normal(size=(n, 7)).astype("f4") for split, n in (("train", 12), ("val", 6))
    }


@pytest.fixture
def folder(data, tmp_path):
    return coco.write_coco_layout(data, tmp_path / "coco")


def test_what_was_written_is_read_back(data, folder):
    found = coco.load_coco_data(folder)
    names = ("captions", "image_idxs", "features")
    for name in [f"{split}_{part}" for split in ("train", "val") for part in names]:
        np.testing.assert_array_equal(found[name], data[name])
        assert found[name].dtype == data[name].dtype
    assert found["idx_to_word"] == data["idx_to_word"] and found["word_to_idx"] == data["word_to_idx"]
    assert found["train_urls"][3] == "scenes:train/3" and len(found["val_urls"]) == 6


def test_the_folder_holds_the_courses_names(folder):
    course = {"coco2014_captions.h5", "coco2014_vocab.json"}
    course |= {f"{split}2014_{end}" for split in ("train", "val") for end in ("vgg16_fc7_pca.h5", "urls.txt")}
    assert course <= {path.name for path in folder.iterdir()}
    with h5py.File(folder / "coco2014_captions.h5") as file:
        assert file["train_captions"].shape == (60, 17) and file["train_captions"].dtype == np.int32


def test_max_train_draws_captions_and_keeps_features_whole(data, folder):
    found = coco.load_coco_data(folder, max_train=9, rng=3)
    assert found["train_captions"].shape == (9, 17) and len(found["train_features"]) == 12
    for caption, image in zip(found["train_captions"], found["train_image_idxs"], strict=True):
        assert decode_captions(caption[1:], data["idx_to_word"])[: -len(" <END>")] in data["train_sentences"][image]
    np.testing.assert_array_equal(coco.load_coco_data(folder, 9, rng=3)["train_captions"], found["train_captions"])


def test_without_rng_numpys_global_seed_governs(folder):
    found = []
    for _ in range(2):
        np.random.seed(5)
        data = coco.load_coco_data(folder, max_train=20)
        found.append([data["train_captions"], *coco.sample_coco_minibatch(data, 4)[:2]])
    for first, second in zip(*found, strict=True):
        np.testing.assert_array_equal(first, second)


def test_without_pca_the_other_files_are_read(data, folder):
    for split, width in (("train", 12), ("val", 6)):
        with h5py.File(folder / f"{split}2014_vgg16_fc7.h5", "w") as file:
            file["features"] = np.ones((width, 9), np.float32)
    assert coco.load_coco_data(folder, pca_features=False)["train_features"].shape == (12, 9)


@pytest.mark.parametrize("split", ["train", "val"])
def test_a_minibatch_keeps_caption_features_and_address_together(folder, split):
    data = coco.load_coco_data(folder)
    captions, features, urls = coco.sample_coco_minibatch(data, batch_size=40, split=split, rng=1)
    assert captions.shape == (40, 17) and features.shape == (40, 7) and urls.shape == (40,)
    numbers = [int(url.rpartition("/")[2]) for url in urls]
    np.testing.assert_array_equal(features, data[f"{split}_features"][numbers])
    for caption, image in zip(captions, numbers, strict=True):
        own = data[f"{split}_captions"][data[f"{split}_image_idxs"] == image]
        assert (own == caption).all(axis=1).any()
    assert len(set(numbers)) > 3


def test_a_minibatch_of_another_split_is_refused(folder):
    with pytest.raises(ValueError, match="split is 'test'; use one of train, val"):
        coco.sample_coco_minibatch(coco.load_coco_data(folder), split="test")


def test_the_picture_behind_an_address(data, folder):
    np.testing.assert_array_equal(coco.scene_picture("scenes:val/4", folder), data["val_images"][4])
    for url in ("scenes:val/6", "scenes:test/0", "http://example.org/1.jpg", "scenes:val/-1", "scenes:val/../x"):
        with pytest.raises(ValueError, match="scene_picture: "):
            coco.scene_picture(url, folder)
    (folder / "val2014_pictures.npy").write_bytes(b"")
    with pytest.raises(ValueError, match=r"val2014_pictures\.npy cannot be read"):
        coco.scene_picture("scenes:val/0", folder)


def test_the_environment_names_the_folder(folder, monkeypatch):
    monkeypatch.setenv("CS231N_COCO_DIR", str(folder))
    assert len(coco.load_coco_data()["train_captions"]) == 60


def test_writing_wants_features(data, tmp_path):
    lacking = {name: value for name, value in data.items() if name != "val_features"}
    with pytest.raises(ValueError, match="data has no 'val_features'; give add_features"):
        coco.write_coco_layout(lacking, tmp_path)


# --- spoilt folders


def change_h5(name, key, change):
    """Return what replaces one data set of one file."""

    def spoil(folder):
        with h5py.File(folder / name, "r+") as file:
            array = change(np.asarray(file[key]))
            del file[key]
            if array is not None:
                file[key] = array

    return spoil


def cut(name, length):
    return lambda folder: os.truncate(folder / name, length)


def write(name, content):
    return lambda folder: (folder / name).write_bytes(content)


def link(folder):
    with h5py.File(folder / "val2014_vgg16_fc7_pca.h5", "r+") as file:
        del file["features"]
        file["features"] = h5py.ExternalLink("train2014_vgg16_fc7_pca.h5", "features")


def swap_words(folder):
    path = folder / "coco2014_vocab.json"
    words = json.loads(path.read_text())
    words["word_to_idx"]["a"] = 2
    path.write_text(json.dumps(words))


CAPTIONS = "coco2014_captions.h5"
SPOILT = [
    (lambda folder: (folder / CAPTIONS).unlink(), "coco2014_captions.h5 is missing"),
    (lambda folder: (folder / "val2014_urls.txt").unlink(), "val2014_urls.txt is missing"),
    (cut(CAPTIONS, 3000), "coco2014_captions.h5 cannot be read"),
    (cut(CAPTIONS, 0), "coco2014_captions.h5 cannot be read"),
    (write(CAPTIONS, b"<html>not found</html>"), "coco2014_captions.h5 cannot be read"),
    (write("coco2014_vocab.json", b"{"), "coco2014_vocab.json cannot be read"),
    (write("coco2014_vocab.json", b"[1, 2]"), "do not say the same"),
    (write("coco2014_vocab.json", b"\xff\xfe\x00"), "coco2014_vocab.json cannot be read"),
    (swap_words, "do not say the same"),
    (change_h5(CAPTIONS, "val_captions", lambda a: None), "no data set 'val_captions'"),
    (link, "no data set 'features'"),
    (change_h5(CAPTIONS, "val_captions", lambda a: a.astype("f4")), "val_captions holds float32"),
    (change_h5("train2014_vgg16_fc7_pca.h5", "features", lambda a: a.astype("i4")), "features holds int32"),
    (change_h5(CAPTIONS, "val_captions", lambda a: a[:-1]), "do not belong together"),
    (change_h5(CAPTIONS, "val_captions", lambda a: a + 90), "word .* the vocabulary has"),
    (change_h5(CAPTIONS, "val_captions", lambda a: a - 1), "do not belong together"),
    (change_h5(CAPTIONS, "train_image_idxs", lambda a: a + 1), "captions of image 12, but features of 12"),
    (change_h5(CAPTIONS, "train_image_idxs", lambda a: a - 1), "do not belong together"),
    (change_h5("val2014_vgg16_fc7_pca.h5", "features", np.ravel), "do not belong together"),
    (write("train2014_urls.txt", b"one\n"), "1 addresses for features of 12 images"),
]


@pytest.mark.parametrize(("spoil", "message"), SPOILT)
def test_a_spoilt_folder_is_an_error_that_names_the_file(folder, spoil, message):
    spoil(folder)
    with pytest.raises(ValueError, match=message) as error:
        coco.load_coco_data(folder)
    assert str(folder) in str(error.value)
    if "holds" not in message:
        assert "get_coco_captions.py" in str(error.value)


# --- decode_captions


def test_decode_captions():
    words = ["<NULL>", "<START>", "<END>", "<UNK>", "red", "ring"]
    rows = np.array([[1, 4, 5, 2, 5, 0], [4, 0, 5, 0, 0, 0], [0, 0, 0, 0, 0, 0]])
    assert decode_captions(rows, words) == ["<START> red ring <END>", "red ring", ""]
    assert decode_captions(rows[0], words) == "<START> red ring <END>"


@pytest.mark.parametrize("captions", [[[6]], [[-1]], 3, [[[1]]]])
def test_what_decode_captions_refuses(captions):
    with pytest.raises(ValueError, match=r"decode_captions: (words|captions have shape)"):
        decode_captions(np.array(captions), ["<NULL>", "<START>", "<END>", "<UNK>", "red", "ring"])
