"""PyTorch models are judged with known weights, as classes or as functions, and leave no trace."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from cs231n_lib.check import check, folder, modules
from tests.right_torch import ConvNetByKaiming, HeadsByEinsum, LayerInParts


class Net(nn.Module):
    """A class as the notebook hands it out, with the two gaps still to fill."""

    def __init__(self, input_size, hidden_size, num_classes):
        super().__init__()

    def forward(self, x):
        scores = None
        return scores


class Half(Net):
    def __init__(self, input_size, hidden_size, num_classes):
        super().__init__(input_size, hidden_size, num_classes)
        self.fc1 = nn.Linear(input_size, hidden_size)
        self.fc2 = nn.Linear(hidden_size, num_classes)


class Broken(Half):
    def __init__(self, *sizes):
        super().__init__(*sizes)

    def forward(self, x):
        x = x.flatten(1)
        return self.fc2(self.fc2(x))


def no_model(*sizes):
    model = None
    return model


@pytest.mark.parametrize("given", [Net, Half, no_model, None, ...])
def test_a_model_with_gaps_is_not_attempted_yet(given):
    assert check("TwoLayerFC", given).status == "blank"


def test_a_list_of_layers_is_no_module():
    report = check("sequential_convnet", lambda *sizes: [nn.ReLU()])
    assert report.status == "failed"
    assert report.lines[0] == "It must return a PyTorch module (nn.Module); it returned list."


def test_an_error_is_told_with_the_line_of_the_learners_class():
    report = check("TwoLayerFC", Broken)
    assert report.status == "error"
    assert any(line.endswith(": `return self.fc2(self.fc2(x))`") for line in report.lines)
    assert any("sizes=(" in line for line in report.lines)


def test_layers_that_the_model_does_not_see_are_counted():
    class Hidden(nn.Module):
        def __init__(self, input_size, hidden_size, num_classes):
            super().__init__()
            self.layers = [nn.Linear(input_size, hidden_size), nn.Linear(hidden_size, num_classes)]
            nn.init.kaiming_normal_(self.layers[0].weight)

        def forward(self, x):
            return self.layers[1](F.relu(self.layers[0](x.flatten(1))))

    report = check("TwoLayerFC", Hidden)
    assert report.lines[0].startswith("`parameters` is 0; it should be ")
    assert [d.id for d in report.diagnosis] == ["11.m4"]


def test_a_layer_may_have_another_name():
    class Renamed(HeadsByEinsum):
        def __init__(self, *sizes, **settings):
            super().__init__(*sizes, **settings)
            self.output = self.proj
            del self.proj

        def forward(self, *inputs, **settings):
            parts = self._modules
            parts["proj"] = parts["output"]
            try:
                return super().forward(*inputs, **settings)
            finally:
                del parts["proj"]

    assert check("MultiHeadAttention", Renamed).status == "passed"


def test_a_check_leaves_pytorchs_random_numbers_alone():
    torch.manual_seed(3)
    before = torch.get_rng_state()
    for name, given in (("ThreeLayerConvNet", ConvNetByKaiming), ("sample_noise", lambda *a: torch.rand(*a[:2]))):
        check(name, given)
    assert torch.equal(torch.get_rng_state(), before)


def test_weights_go_to_the_layers_in_the_order_in_which_a_call_reaches_them():
    class Turned(nn.Module):
        def __init__(self):
            super().__init__()
            self.late, self.unused, self.early = nn.Linear(4, 2), nn.Linear(1, 1), nn.Linear(3, 4)

        def forward(self, x):
            return self.late(self.early(x))

    turned, straight = Turned(), nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2))
    x = torch.ones(1, 3)
    for model in (turned, straight):
        modules.fill(model, modules.numbers(1), x)
    assert torch.equal(turned(x), straight(x))
    assert turned.training


def test_what_reached_the_generator_is_seen():
    def step(D, G, real, noise, optimizer):
        loss = F.softplus(-D(real)).mean() + F.softplus(D(G(noise))).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    report = check("discriminator_step", step)
    assert report.lines[0].startswith("`gradient in G` is ")
    assert [d.id for d in report.diagnosis] == ["14.r6"]


def test_a_mask_that_leaks_is_named():
    class Leaking(HeadsByEinsum):
        def forward(self, query, key, value, attn_mask=None):
            return super().forward(query, key, value)

    assert [d.id for d in check("MultiHeadAttention", Leaking).diagnosis] == ["15.th"]


def test_hidden_numbers_that_are_never_dropped_are_named():
    class Undropped(LayerInParts):
        def forward(self, tgt, memory, tgt_mask=None):
            tgt = self.norm1(tgt + self.drop(self.self_attn(tgt, tgt, tgt, tgt_mask)))
            tgt = self.norm2(tgt + self.drop(self.multihead_attn(tgt, memory, memory)))
            return self.norm3(tgt + self.drop(self.linear2(F.relu(self.linear1(tgt)))))

    assert [d.id for d in check("TransformerDecoderLayer", Undropped).diagnosis] == ["15.v15"]


def test_noise_by_another_generator_is_right_and_numpys_is_too():
    def noise(batch_size, dim, seed=None):
        rng = np.random.default_rng(seed)
        return torch.tensor(rng.uniform(-1, 1, (batch_size, dim)), dtype=torch.float32)

    assert check("sample_noise", noise).status == "passed"


def test_the_convnet_of_the_notebook_is_not_looked_for_in_cnn(tmp_path):
    file = tmp_path / "cnn.py"
    file.write_text("class ThreeLayerConvNet:\n    def loss(self, X, y=None):\n        pass\n")
    assert folder.names_in(file) == ["ThreeLayerConvNet.loss"]


GAN = """
import torch
import torch.nn as nn

class Flatten(nn.Module):
    def forward(self, x):
        return x.view(x.size(0), -1)

def sample_noise(batch_size, dim, seed=None):
    if seed is not None:
        torch.manual_seed(seed)
    pass

def discriminator(seed=None):
    model = nn.Sequential(
        Flatten(), nn.Linear(784, 256), nn.LeakyReLU(0.01),
        nn.Linear(256, 256), nn.LeakyReLU(0.01), nn.Linear(256, 1),
    )
    return model

def generator(noise_dim=96, seed=None):
    model = nn.Sequential(
        nn.Linear(noise_dim, 1024), nn.ReLU(), nn.Linear(1024, 1024), nn.ReLU(), nn.Linear(1024, 784),
    )
    return model

def build_dc_classifier(batch_size):
    model = None
    return model
"""


def test_the_models_of_an_assignment_are_judged(tmp_path):
    (tmp_path / "gan_pytorch.py").write_text(GAN)
    rows = {row.report.name: row.report for row in folder.check_folder(tmp_path)}
    assert {name: report.status for name, report in rows.items()} == {
        "sample_noise": "blank",
        "discriminator": "passed",
        "generator": "failed",
        "build_dc_classifier": "blank",
    }
    assert [d.id for d in rows["generator"].diagnosis] == ["14.o1"]
