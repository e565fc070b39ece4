"""What every lesson loads: images and captions, in one call."""

from cs231n_lib.data.captions import decode_captions, load_captions
from cs231n_lib.data.digits import load_digits
from cs231n_lib.data.images import class_index, class_names, load_images, write_cifar_batches
from cs231n_lib.data.mnist import load_mnist

__all__ = [
    "class_index",
    "class_names",
    "decode_captions",
    "load_captions",
    "load_digits",
    "load_images",
    "load_mnist",
    "write_cifar_batches",
]
