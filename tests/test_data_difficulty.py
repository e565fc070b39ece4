"""The embedded set ranks the course's methods as CIFAR-10 does: each lands in its band with 5000/1000 pictures."""

import numpy as np
import pytest
import torch
from matplotlib.colors import rgb_to_hsv
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import nn

from cs231n_lib.data import load_images


@pytest.fixture(scope="module")
def data():
    return load_images(5000, 0, 1000)


@pytest.fixture(scope="module")
def tensors(data):
    """Pictures centred and scaled, in (N, 3, 32, 32), beside their labels."""
    mean = torch.tensor(data["mean_image"])
    images = [(torch.tensor(data[name]) - mean).permute(0, 3, 1, 2) / 64 for name in ("X_train", "X_test")]
    return images[0], torch.tensor(data["y_train"]), images[1], torch.tensor(data["y_test"])


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)  # small nets on several threads crawl when another process wants the cores
    torch.manual_seed(0)
    yield
    torch.set_num_threads(before)


def accuracy(net, tensors, epochs, peak):
    """Train with Adam and a learning rate that rises to `peak` and falls to zero; return the test accuracy."""
    X, y, X_test, y_test = tensors
    optimizer = torch.optim.Adam(net.parameters(), peak)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, peak, total_steps=epochs * len(X) // 100)
    for _ in range(epochs):
        for rows in torch.randperm(len(X)).split(100):
            loss = nn.functional.cross_entropy(net(X[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    with torch.no_grad():
        return (net.eval()(X_test).argmax(1) == y_test).float().mean().item()


def hue_histograms(images):
    hue = rgb_to_hsv(images / 255)[..., 0].reshape(len(images), -1)
    return np.stack([np.histogram(one, bins=10, range=(0, 1))[0] for one in hue])


def conv_block(inputs, outputs):
    return [nn.Conv2d(inputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU(), nn.MaxPool2d(2)]


def test_hue_alone(data):
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=300))
    model.fit(hue_histograms(data["X_train"]), data["y_train"])
    assert 0.15 < model.score(hue_histograms(data["X_test"]), data["y_test"]) < 0.25


@pytest.mark.parametrize("k", [1, 10])
def test_nearest_neighbours(data, k):
    flat = {name: data[name].reshape(-1, 3072) for name in ("X_train", "X_test")}
    model = KNeighborsClassifier(k, algorithm="brute").fit(flat["X_train"], data["y_train"])
    assert 0.27 < model.score(flat["X_test"], data["y_test"]) < 0.45


def test_softmax(tensors):
    assert 0.27 < accuracy(nn.Sequential(nn.Flatten(), nn.Linear(3072, 10)), tensors, 10, 5e-4) < 0.45


def test_two_layer_net(tensors):
    net = nn.Sequential(nn.Flatten(), nn.Linear(3072, 100), nn.ReLU(), nn.Linear(100, 10))
    assert 0.45 < accuracy(net, tensors, 10, 1e-3) < 0.62


def test_convnet(tensors):
    blocks = [*conv_block(3, 16), *conv_block(16, 32), *conv_block(32, 64)]
    net = nn.Sequential(*blocks, nn.Flatten(), nn.Linear(64 * 16, 10))
    net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # no stub knows it
    assert 0.85 < accuracy(net, tensors, 5, 1e-2) < 0.95
