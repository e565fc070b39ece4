"""Assignments 2 and 3: captions of COCO."""

from cs231n_lib.data import coco, decode_captions
from cs231n_lib.data.coco import sample_coco_minibatch
from cs231n_lib.official import places

BASE_DIR = "cs231n/datasets/coco_captioning"


def load_coco_data(base_dir=BASE_DIR, max_train=None, pca_features=True):
    """Load captions, features, words and addresses as a dictionary, as `cs231n_lib.data.coco.load_coco_data`.

    The folder is the given one, else the one named by CS231N_COCO_DIR, else coco_captioning below CS231N_DATASETS_DIR.
    """
    folder = places.coco_folder(base_dir)
    print("base dir ", folder)
    return coco.load_coco_data(folder, max_train, pca_features)


__all__ = ["BASE_DIR", "decode_captions", "load_coco_data", "sample_coco_minibatch"]
