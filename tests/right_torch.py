"""Right answers by other roads, in PyTorch: other classes, other layers, other orders."""

import copy
import functools
import itertools
import math
from collections import OrderedDict
from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

# --- topic 11 ------------------------------------------------------------------------------------------------------


def flatten_by_view(x):
    return x.contiguous().view(x.size(0), -1)


def flatten_row_by_row(x):
    return torch.stack([image.flatten() for image in x])


def convnet_by_modules(x, params):
    layers = [nn.Conv2d(1, 1, 5, padding="same"), nn.Conv2d(1, 1, 3, padding="same"), nn.Linear(1, 1)]
    for layer, weight, bias in zip(layers, [params[0], params[2], params[4].t()], params[1::2], strict=True):
        layer.weight, layer.bias = nn.Parameter(weight), nn.Parameter(bias)
    conv1, conv2, fc = layers
    return fc(torch.flatten(conv2(conv1(x).relu()).relu(), 1))


def convnet_by_unfolding(x, params):
    for w, b in (params[0:2], params[2:4]):
        columns = F.unfold(x, w.shape[-1], padding=w.shape[-1] // 2)
        x = torch.einsum("fk,nkl->nfl", w.flatten(1), columns).view(len(x), len(w), *x.shape[2:])
        x = (x + b[:, None, None]).clamp(min=0)
    return torch.addmm(params[5], x.reshape(len(x), -1), params[4])


def two_layers_in_a_sequential(input_size, hidden_size, num_classes):
    return nn.Sequential(
        nn.Flatten(), nn.Linear(input_size, hidden_size), nn.ReLU(inplace=True), nn.Linear(hidden_size, num_classes)
    )


class TwoLayersLastFirst(nn.Module):
    def __init__(self, input_size, hidden_size, num_classes):
        super().__init__()
        self.last = nn.Linear(hidden_size, num_classes)
        self.first = nn.Linear(input_size, hidden_size)
        nn.init.kaiming_normal_(self.first.weight)

    def forward(self, x):
        return self.last(torch.clamp(self.first(x.view(x.shape[0], -1)), min=0))


class TwoLayersOfParameters(nn.Module):
    def __init__(self, input_size, hidden_size, num_classes):
        super().__init__()
        self.w1, self.b1 = nn.Parameter(torch.randn(hidden_size, input_size)), nn.Parameter(torch.zeros(hidden_size))
        self.w2, self.b2 = nn.Parameter(torch.randn(num_classes, hidden_size)), nn.Parameter(torch.zeros(num_classes))

    def forward(self, x):
        return F.linear(F.relu(F.linear(x.flatten(1), self.w1, self.b1)), self.w2, self.b2)


class ConvNetByKaiming(nn.Module):
    def __init__(self, in_channel, channel_1, channel_2, num_classes):
        super().__init__()
        self.fc = nn.Linear(channel_2 * 32 * 32, num_classes)
        self.conv1 = nn.Conv2d(in_channel, channel_1, kernel_size=(5, 5), stride=1, padding=2)
        self.conv2 = nn.Conv2d(channel_1, channel_2, kernel_size=(3, 3), padding="same")
        for layer in (self.conv1, self.conv2, self.fc):
            nn.init.kaiming_normal_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, x):
        x = torch.relu(self.conv1(x))
        return self.fc(self.conv2(x).relu_().reshape(len(x), -1))


class ConvNetInParts(nn.Module):
    def __init__(self, in_channel, channel_1, channel_2, num_classes):
        super().__init__()
        self.head = nn.ModuleDict({"fc": nn.Linear(channel_2 * 1024, num_classes)})
        sizes = [(in_channel, channel_1, 5), (channel_1, channel_2, 3)]
        self.convs = nn.ModuleList(nn.Conv2d(a, b, k, padding=k // 2) for a, b, k in sizes)

    def forward(self, x):
        for conv in self.convs:
            x = F.relu(conv(x))
        return self.head["fc"](torch.flatten(x, start_dim=1))


class Rows(nn.Module):
    def forward(self, x):
        return x.view(x.shape[0], -1)


def sequential_of_parts(in_channel, channel_1, channel_2, num_classes):
    convs = nn.Sequential(
        nn.Conv2d(in_channel, channel_1, 5, padding=2), nn.ReLU(), nn.Conv2d(channel_1, channel_2, 3, 1, 1), nn.ReLU()
    )
    return nn.Sequential(convs, Rows(), nn.Linear(channel_2 * 1024, num_classes))


def sequential_by_names(in_channel, channel_1, channel_2, num_classes):
    layers: list[tuple[str, nn.Module]] = [
        ("conv1", nn.Conv2d(in_channel, channel_1, kernel_size=5, padding=2)),
        ("relu1", nn.LeakyReLU(0.0)),
        ("conv2", nn.Conv2d(channel_1, channel_2, kernel_size=3, padding=1)),
        ("relu2", nn.ReLU()),
        ("flatten", nn.Flatten(start_dim=1)),
        ("fc", nn.Linear(channel_2 * 32 * 32, num_classes)),
    ]
    return nn.Sequential(OrderedDict(layers))


def mended_in_one_row(channel_1, channel_2, channel_3, num_classes):
    layers: list[nn.Module] = []
    for before, after in ((3, channel_1), (channel_1, channel_2), (channel_2, channel_3)):
        conv, norm = nn.Conv2d(before, after, kernel_size=3, padding="same"), nn.BatchNorm2d(after)
        layers += [conv, norm, nn.ReLU(inplace=True), nn.MaxPool2d(2), nn.Dropout2d(p=0.25)]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(channel_3 * 16, num_classes))


class MendedModule(nn.Module):
    def __init__(self, *channels_and_classes):
        super().__init__()
        *channels, num_classes = channels_and_classes
        self.fc = nn.Linear(channels[-1] * 16, num_classes)
        self.norms = nn.ModuleList(nn.BatchNorm2d(after) for after in channels)
        self.convs = nn.ModuleList(nn.Conv2d(a, b, 3, 1, 1) for a, b in zip([3, *channels], channels, strict=False))

    def forward(self, x):
        for conv, norm in zip(self.convs, self.norms, strict=True):
            x = F.dropout2d(F.max_pool2d(norm(conv(x)).relu(), 2), 0.25, self.training)
        return self.fc(x.flatten(1))


class MendedWithDropoutBeforeThePool(nn.Module):
    def __init__(self, channel_1, channel_2, channel_3, num_classes):
        super().__init__()
        self.block1, self.block2 = self.block(3, channel_1), self.block(channel_1, channel_2)
        self.block3 = self.block(channel_2, channel_3)
        self.out = nn.Linear(4 * 4 * channel_3, num_classes)

    @staticmethod
    def block(before, after):
        conv = nn.Conv2d(before, after, 3, padding=1)
        return nn.Sequential(conv, nn.BatchNorm2d(after), nn.ReLU(), nn.Dropout2d(0.25), nn.MaxPool2d(2, 2))

    def forward(self, x):
        return self.out(self.block3(self.block2(self.block1(x))).reshape(len(x), -1))


def step_that_clears_afterwards(model, x, y, optimizer):
    model = model.train(True)
    loss = -model(x).log_softmax(dim=1)[torch.arange(len(y)), y].mean()
    loss.backward()
    optimizer.step()
    optimizer.zero_grad(set_to_none=False)
    return loss.item()


def step_by_grad(model, x, y, optimizer):
    model.train()
    for p in model.parameters():
        p.grad = None
    loss = nn.CrossEntropyLoss()(model(x), y)
    parameters = list(model.parameters())
    for p, grad in zip(parameters, torch.autograd.grad(loss, parameters), strict=True):
        p.grad = grad
    optimizer.step()
    return loss.detach().numpy()


def accuracy_by_joining(loader, model):
    model.train(False)
    with torch.inference_mode():
        hits = torch.cat([model(x).max(1)[1].eq(y) for x, y in loader])
    return hits.double().mean()


@torch.no_grad()
def accuracy_of_the_dataset(loader, model):
    model.eval()
    count = sum(int((torch.topk(model(x), 1).indices[:, 0] == y).sum()) for x, y in loader)
    model.train()
    return count / len(loader.dataset)


def residual_in_place(x, conv1, bn1, conv2, bn2):
    out = bn2(conv2(bn1(conv1(x)).clamp(min=0)))
    out += x
    return out.clamp_(min=0)


def residual_by_sequential(x, conv1, bn1, conv2, bn2):
    return nn.ReLU()(nn.Sequential(conv1, bn1, nn.ReLU(), conv2, bn2)(x).add(x))


# --- topic 14 ------------------------------------------------------------------------------------------------------


def noise_in_place(batch_size, dim, seed=None):
    if seed is not None:
        torch.manual_seed(seed)
    return torch.empty(batch_size, dim).uniform_(-1, 1)


def noise_of_its_own_generator(batch_size, dim, seed=None):
    generator = torch.Generator()
    if seed is None:
        generator.seed()
    else:
        generator.manual_seed(seed)
    return (torch.rand((batch_size, dim), generator=generator) - 0.5) * 2


class Discriminator(nn.Module):
    def __init__(self, seed=None):
        super().__init__()
        self.out, self.hidden, self.first = nn.Linear(256, 1), nn.Linear(256, 256), nn.Linear(28 * 28, 256)

    def forward(self, x):
        x = F.leaky_relu(self.first(x.reshape(-1, 784)))
        return self.out(F.leaky_relu(self.hidden(x), 0.01))


class Generator(nn.Module):
    def __init__(self, noise_dim=96, seed=None):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(noise_dim, 1024), nn.Linear(1024, 1024), nn.Linear(1024, 784)])

    def forward(self, z):
        for layer in self.layers[:2]:
            z = layer(z).relu()
        return torch.tanh(self.layers[2](z))


class DeepClassifier(nn.Module):
    def __init__(self, batch_size=None):
        super().__init__()
        self.fc = nn.ModuleList([nn.Linear(1024, 1024), nn.Linear(1024, 1)])
        self.convs = nn.ModuleList([nn.Conv2d(1, 32, kernel_size=5, stride=1), nn.Conv2d(32, 64, kernel_size=5)])

    def forward(self, x):
        x = x.view(-1, 1, 28, 28)
        for conv in self.convs:
            x = F.leaky_relu(F.max_pool2d(conv(x), 2))
        return self.fc[1](F.leaky_relu(self.fc[0](x.flatten(1)), 0.01))


class DeepGenerator(nn.Module):
    def __init__(self, noise_dim=96):
        super().__init__()
        self.norms = nn.ModuleList([nn.BatchNorm1d(1024), nn.BatchNorm1d(6272), nn.BatchNorm2d(64)])
        self.fc1, self.fc2 = nn.Linear(noise_dim, 1024), nn.Linear(1024, 6272)
        self.up = nn.ConvTranspose2d(128, 64, kernel_size=4, stride=2, padding=1)
        self.out = nn.ConvTranspose2d(64, 1, kernel_size=4, stride=2, padding=1)

    def forward(self, z):
        h = self.norms[1](self.fc2(self.norms[0](self.fc1(z).relu())).relu())
        h = self.norms[2](F.relu(self.up(h.view(-1, 128, 7, 7))))
        return torch.tanh(self.out(h)).view(len(z), -1)


def adam_in_a_list(model):
    return torch.optim.Adam([{"params": list(model.parameters())}], lr=0.001, betas=[0.5, 0.999])


def discriminator_step_without_grad(D, G, real, noise, optimizer):
    with torch.no_grad():
        fake = G(noise)
    real_logits, fake_logits = D(real), D(fake)
    loss = F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()
    optimizer.zero_grad(set_to_none=False)
    loss.backward()
    optimizer.step()
    return loss.item()


def discriminator_step_in_two_backwards(D, G, real, noise, optimizer):
    bce = nn.BCEWithLogitsLoss()
    optimizer.zero_grad()
    real_loss = bce(D(real), torch.ones(len(real), 1))
    real_loss.backward()
    fake_loss = bce(D(G(noise).detach()), torch.zeros(len(noise), 1))
    fake_loss.backward()
    optimizer.step()
    return (real_loss + fake_loss).detach()


def generator_step_with_d_frozen(D, G, noise, optimizer):
    D.requires_grad_(False)
    logits = D(G(noise))
    loss = -F.logsigmoid(logits).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    D.requires_grad_(True)
    return loss


def generator_step_that_clears_d(D, G, noise, optimizer):
    optimizer.zero_grad()
    logits = D(G(noise)).squeeze(1)
    loss = F.binary_cross_entropy_with_logits(logits, torch.ones_like(logits))
    loss.backward()
    optimizer.step()
    D.zero_grad()
    return float(loss)


# --- topic 15 ------------------------------------------------------------------------------------------------------


class HeadsByEinsum(nn.Module):
    def __init__(self, embed_dim, num_heads, dropout=0.1):
        super().__init__()
        self.n_head, self.head_dim = num_heads, embed_dim // num_heads
        self.query, self.key = nn.Linear(embed_dim, embed_dim), nn.Linear(embed_dim, embed_dim)
        self.value, self.proj = nn.Linear(embed_dim, embed_dim), nn.Linear(embed_dim, embed_dim)
        self.attn_drop = nn.Dropout(dropout)

    def forward(self, query, key, value, attn_mask=None):
        parts = (self.query(query), self.key(key), self.value(value))
        q, k, v = (part.unflatten(2, (self.n_head, self.head_dim)) for part in parts)
        scores = torch.einsum("nthd,nshd->nhts", q, k) * self.head_dim**-0.5
        if attn_mask is not None:
            scores = scores + torch.zeros(attn_mask.shape).masked_fill(attn_mask.logical_not(), -1e9)
        weights = self.attn_drop(F.softmax(scores, dim=3))
        return self.proj(torch.einsum("nhts,nshd->nthd", weights, v).flatten(2))


class HeadsOneByOne(nn.Module):
    def __init__(self, embed_dim, num_heads, dropout=0.1):
        super().__init__()
        self.num_heads, self.p = num_heads, dropout
        for name in ("key", "query", "value", "proj"):
            self.add_module(name, nn.Linear(embed_dim, embed_dim))

    def forward(self, query, key, value, attn_mask=None):
        outs = []
        parts = (self.query(query), self.key(key), self.value(value))
        for q, k, v in zip(*(part.chunk(self.num_heads, dim=2) for part in parts), strict=True):
            scores = q.bmm(k.mT) / math.sqrt(q.shape[2])
            if attn_mask is not None:
                scores[:, attn_mask == 0] = -torch.inf
            outs.append(F.dropout(scores.softmax(2), self.p, self.training) @ v)
        return self.proj(torch.cat(outs, dim=2))


class PositionsInALoop(nn.Module):
    def __init__(self, embed_dim, dropout=0.1, max_len=5000):
        super().__init__()
        self.dropout = nn.Dropout(p=dropout)
        pe = torch.zeros(1, max_len, embed_dim)
        for j in range(0, embed_dim, 2):
            angle = torch.arange(max_len) * 10000 ** (-j / embed_dim)
            pe[0, :, j], pe[0, :, j + 1] = torch.sin(angle), torch.cos(angle)
        self.register_buffer("pe", pe)

    def forward(self, x):
        return self.dropout(x + self.pe[:, : x.size(1), :])


class PositionsByLogs(nn.Module):
    def __init__(self, embed_dim, dropout=0.1, max_len=5000):
        super().__init__()
        self.p = dropout
        position = torch.arange(max_len).unsqueeze(1)
        div_term = torch.exp(torch.arange(0, embed_dim, 2) * (-math.log(10000.0) / embed_dim))
        self.table = torch.zeros(max_len, embed_dim)
        self.table[:, 0::2] = torch.sin(position * div_term)
        self.table[:, 1::2] = torch.cos(position * div_term)

    def forward(self, x):
        return F.dropout(x + self.table[None, : x.shape[1]], self.p, training=self.training)


class LayerInParts(nn.Module):
    heads: Callable = HeadsByEinsum

    def __init__(self, input_dim, num_heads, dim_feedforward=2048, dropout=0.1):
        super().__init__()
        self.norm3, self.norm2, self.norm1 = (nn.LayerNorm(input_dim) for _ in range(3))
        self.linear2, self.linear1 = nn.Linear(dim_feedforward, input_dim), nn.Linear(input_dim, dim_feedforward)
        self.self_attn = self.heads(input_dim, num_heads, dropout)
        self.multihead_attn = self.heads(input_dim, num_heads, dropout)
        self.drop = nn.Dropout(dropout)

    def forward(self, tgt, memory, tgt_mask=None):
        tgt = self.norm1(tgt + self.drop(self.self_attn(query=tgt, key=tgt, value=tgt, attn_mask=tgt_mask)))
        tgt = self.norm2(tgt + self.drop(self.multihead_attn(query=tgt, key=memory, value=memory)))
        return self.norm3(tgt + self.drop(self.linear2(self.drop(self.linear1(tgt).relu()))))


class LayerOfOtherHeads(LayerInParts):
    heads = HeadsOneByOne


class LayerThatDropsBeforeTheReLU(LayerInParts):
    def forward(self, tgt, memory, tgt_mask=None):
        tgt = self.norm1(self.drop(self.self_attn(tgt, tgt, tgt, tgt_mask)) + tgt)
        tgt = self.norm2(self.drop(self.multihead_attn(tgt, memory, memory)) + tgt)
        return self.norm3(self.drop(self.linear2(F.relu(self.drop(self.linear1(tgt))))) + tgt)


class Decoder(nn.Module):
    def __init__(self, layer, num_layers):
        super().__init__()
        self.layers = nn.ModuleList(copy.deepcopy(layer) for _ in range(num_layers))

    def forward(self, tgt, memory, tgt_mask=None):
        for layer in self.layers:
            tgt = layer(tgt, memory, tgt_mask=tgt_mask)
        return tgt


class CaptionsByADecoder(nn.Module):
    layer: Callable = LayerInParts
    positions: Callable = PositionsByLogs

    def __init__(self, word_to_idx, input_dim, wordvec_dim, num_heads=4, num_layers=2, max_length=50):
        super().__init__()
        self.visual_projection = nn.Linear(input_dim, wordvec_dim)
        self.embedding = nn.Embedding(len(word_to_idx), wordvec_dim, padding_idx=word_to_idx["<NULL>"])
        self.positional_encoding = self.positions(wordvec_dim, max_len=max_length)
        self.transformer = Decoder(self.layer(wordvec_dim, num_heads), num_layers)
        self.output = nn.Linear(wordvec_dim, len(word_to_idx))

    def forward(self, features, captions):
        words = self.positional_encoding(self.embedding(captions))
        memory = self.visual_projection(features).unsqueeze(1)
        T = captions.shape[1]
        return self.output(self.transformer(words, memory, self.mask(T)))

    def mask(self, T):
        return torch.arange(T)[:, None] >= torch.arange(T)


class CaptionsOfOtherParts(CaptionsByADecoder):
    layer, positions = LayerOfOtherHeads, PositionsInALoop

    def mask(self, T):
        return 1 - torch.triu(torch.ones(T, T), diagonal=1)


# --- topic 16 ------------------------------------------------------------------------------------------------------


def tokens_by_bernoulli(tokens, share, mask_id):
    mask = torch.bernoulli(torch.full(tokens.shape, share)).bool()
    mask[tokens == 0] = False
    masked = tokens.clone()
    masked[mask] = mask_id
    return masked, mask


def tokens_in_loops(tokens, share, mask_id):
    masked, mask = tokens.tolist(), torch.zeros(tokens.shape)
    for n, row in enumerate(masked):
        for t, word in enumerate(row):
            if word and torch.rand(()) < share:
                row[t], mask[n, t] = mask_id, 1
    return torch.tensor(masked), mask


def words_by_cross_entropy(scores, tokens, mask):
    return F.cross_entropy(scores[mask], tokens[mask])


def words_by_ignoring(scores, tokens, mask):
    return F.cross_entropy(scores.transpose(1, 2), tokens.masked_fill(~mask, -100), ignore_index=-100)


def masking_by_permutations(x, mask_ratio):
    N, L, _ = x.shape
    hidden = round(L * mask_ratio)
    orders = torch.stack([torch.randperm(L) for _ in range(N)])
    kept = torch.stack([image[order[: L - hidden]] for image, order in zip(x, orders, strict=True)])
    mask = torch.ones(N, L)
    mask.scatter_(1, orders[:, : L - hidden], 0)
    return kept, mask, orders.argsort(dim=1)


def masking_that_keeps_the_order(x, mask_ratio):
    N, L, D = x.shape
    keep = L - int(mask_ratio * L)
    mask = torch.ones(N, L, dtype=torch.long)
    mask.scatter_(1, torch.rand(N, L).topk(keep).indices, 0)
    order = mask.argsort(dim=1, stable=True)
    return x[mask == 0].view(N, keep, D), mask, order.argsort(dim=1)


def patches_by_index(prediction, patches, mask):
    return F.mse_loss(prediction[mask == 1], patches[mask == 1])


def patches_by_weights(prediction, patches, mask):
    weights = mask / mask.sum() / patches.shape[-1]
    return torch.einsum("nld,nl->", (prediction - patches).square(), weights)


def preference_by_log_sigmoid(better, worse):
    return -F.logsigmoid(better - worse).mean()


def preference_by_softplus(better, worse):
    return F.softplus(worse - better).sum() / len(better)


def preference_by_cross_entropy(better, worse):
    return F.cross_entropy(torch.stack([better, worse], dim=1), torch.zeros(len(better), dtype=torch.long))


# --- unusual styles ------------------------------------------------------------------------------------------------


class Pile(nn.Sequential):
    """A Sequential that knows its own sizes."""

    def __init__(self, *sizes, bend, last=()):
        pairs = list(itertools.pairwise(sizes))
        layers = [part for pair in pairs for part in (nn.Linear(*pair), bend())]
        super().__init__(*layers[:-1], *last)


class DiscriminatorAsAPile(Pile):
    def __init__(self, seed=None):
        super().__init__(784, 256, 256, 1, bend=lambda: nn.LeakyReLU(1e-2))

    def forward(self, x):
        return super().forward(x.flatten(start_dim=1))


class GeneratorAsAPile(Pile):
    def __init__(self, noise_dim=96, seed=None):
        super().__init__(noise_dim, 1024, 1024, 784, bend=nn.ReLU, last=[nn.Tanh()])


def lazy_discriminator(seed=None):
    bend = functools.partial(nn.LeakyReLU, negative_slope=0.01)
    return nn.Sequential(nn.Flatten(), nn.LazyLinear(256), bend(), nn.LazyLinear(256), bend(), nn.LazyLinear(1))


def two_lazy_layers(input_size, hidden_size, num_classes):
    return nn.Sequential(nn.Flatten(1, -1), nn.LazyLinear(hidden_size), nn.Threshold(0, 0), nn.LazyLinear(num_classes))


def step_by_closure(model, x, y, optimizer):
    model.train()

    def closure():
        optimizer.zero_grad()
        loss = (model(x).logsumexp(dim=1) - model_scores[-1].gather(1, y[:, None])[:, 0]).mean()
        loss.backward()
        return loss

    model_scores: list = []
    handle = model.register_forward_hook(lambda *args: model_scores.append(args[-1]))
    loss = optimizer.step(closure)
    handle.remove()
    return loss


def bce_by_log_sigmoids(input, target):
    return -(target * F.logsigmoid(input) + (1 - target) * F.logsigmoid(-input)).mean()


def bce_by_cases(input, target):
    signs = torch.where(target == 1, -1.0, 1.0)
    return F.softplus(signs * input).sum() / input.numel()


def bce_by_two_scores(input, target):
    scores = torch.stack([torch.zeros_like(input), input], dim=-1).reshape(-1, 2)
    return F.cross_entropy(scores, target.reshape(-1).long())


def squares_by_mse(scores_real, scores_fake):
    ones, zeros = torch.ones_like(scores_real), torch.zeros_like(scores_fake)
    return (F.mse_loss(scores_real, ones) + F.mse_loss(scores_fake, zeros)) / 2


def noise_between(batch_size, dim, seed=None):
    generator = None if seed is None else torch.Generator().manual_seed(seed)
    return torch.lerp(torch.tensor(-1.0), torch.tensor(1.0), torch.rand(batch_size, dim, generator=generator))


def attention_by_log_weights(q, k, v, mask=None):
    scores = np.einsum("...td,...sd->...ts", q, k) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores + np.where(mask, 0, -np.inf)
    weights = np.exp(scores - np.logaddexp.reduce(scores, axis=-1, keepdims=True))
    return np.einsum("...ts,...se->...te", weights, v), (q, k, v, weights)


def attention_query_by_query(q, k, v, mask=None):
    N, T, d = q.shape
    out = np.empty((N, T, v.shape[2]))
    for n, t in np.ndindex(N, T):
        seen = np.arange(k.shape[1]) if mask is None else np.flatnonzero(mask[t])
        scores = k[n, seen] @ q[n, t] / d**0.5
        weights = np.exp(scores - max(scores))
        out[n, t] = weights @ v[n, seen] / sum(weights)
    return out, None


def heads_by_columns(query, key, value, Wq, bq, Wk, bk, Wv, bv, Wo, bo, num_heads, mask=None):
    outs = []
    for columns in np.split(np.arange(query.shape[-1]), num_heads):
        q, k, v = (x @ W[:, columns] + b[columns] for x, W, b in ((query, Wq, bq), (key, Wk, bk), (value, Wv, bv)))
        outs.append(attention_by_log_weights(q, k, v, mask)[0])
    return np.concatenate(outs, axis=-1) @ Wo + bo, None


def gradients_by_jacobians(dout, cache):
    q, k, v, weights = cache
    jacobians = weights[..., :, None] * np.eye(weights.shape[-1]) - weights[..., :, None] * weights[..., None, :]
    dscores = np.einsum("ntsr,ntr->nts", jacobians, np.einsum("nte,nre->ntr", dout, v)) / np.sqrt(q.shape[-1])
    to_keys = np.einsum("nts,ntd->nsd", dscores, q)
    return np.einsum("nts,nsd->ntd", dscores, k), to_keys, np.einsum("nts,nte->nse", weights, dout)


def positions_by_circles(length, dim):
    turns = np.outer(np.arange(length), 10000.0 ** -(np.arange(0, dim, 2) / dim))
    circles = np.exp(1j * turns)
    return np.stack([circles.imag, circles.real], axis=2).reshape(length, dim)


def patches_by_windows(x, size):
    windows = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(2, 3))[:, :, ::size, ::size]
    return np.moveaxis(windows, 1, 3).reshape(len(x), -1, x.shape[1] * size**2)


class HeadsByScaledDotProduct(HeadsByEinsum):
    def forward(self, query, key, value, attn_mask=None):
        parts = zip((self.query, self.key, self.value), (query, key, value), strict=True)
        q, k, v = (layer(x).unflatten(-1, (self.n_head, -1)).movedim(-2, 1) for layer, x in parts)
        p = self.attn_drop.p if self.training else 0.0
        seen = None if attn_mask is None else attn_mask != 0
        heads = F.scaled_dot_product_attention(q, k, v, attn_mask=seen, dropout_p=p)
        return self.proj(heads.movedim(1, -2).flatten(-2))


class HeadsByBatches(nn.Module):
    """The heads stand in the batch axis, the layers in a dict under names of their own."""

    def __init__(self, embed_dim, num_heads, dropout=0.1):
        super().__init__()
        self.maps = nn.ModuleDict({n: nn.Linear(embed_dim, embed_dim) for n in ("W_v", "W_out", "W_k", "W_q")})
        self.heads, self.drop = num_heads, nn.Dropout(dropout)

    def forward(self, query, key, value, attn_mask=None):
        def apart(name, x):
            return torch.cat(self.maps[name](x).chunk(self.heads, dim=-1))  # (heads * N, T, d)

        q, k, v = apart("W_q", query), apart("W_k", key), apart("W_v", value)
        scores = torch.einsum("btd,bsd->bts", q, k) / math.sqrt(q.size(-1))
        scores = scores if attn_mask is None else scores + attn_mask.float().log()
        mixed = self.drop(torch.exp(scores - scores.logsumexp(dim=-1, keepdim=True))).bmm(v)
        return self.maps["W_out"](torch.cat(mixed.chunk(self.heads), dim=-1))


class PositionsByCircles(nn.Module):
    def __init__(self, embed_dim, dropout=0.1, max_len=5000):
        super().__init__()
        frequencies = 10000.0 ** (-torch.arange(0, embed_dim, 2, dtype=torch.float64) / embed_dim)
        turns = torch.outer(torch.arange(max_len, dtype=torch.float64), frequencies)
        self.register_buffer("table", torch.stack([turns.sin(), turns.cos()], dim=-1).flatten(1).float())
        self.drop = nn.Dropout(dropout)

    def forward(self, x):
        return self.drop(x.add(self.table.narrow(0, 0, x.shape[1])))


class LayerInBlocks(nn.Module):
    """Three blocks of one kind; the feed-forward part is a Sequential with a GELU."""

    def __init__(self, input_dim, num_heads, dim_feedforward=2048, dropout=0.1):
        super().__init__()
        self.looks = nn.ModuleList(HeadsByBatches(input_dim, num_heads, dropout) for _ in range(2))
        self.thinks = nn.Sequential(
            nn.Linear(input_dim, dim_feedforward), nn.GELU(), nn.Dropout(dropout), nn.Linear(dim_feedforward, input_dim)
        )
        self.norms = nn.ModuleList(nn.LayerNorm(input_dim) for _ in range(3))
        self.drop = nn.Dropout(dropout)

    def forward(self, tgt, memory, tgt_mask=None):
        parts = (
            lambda x: self.looks[0](x, x, x, tgt_mask),
            lambda x: self.looks[1](x, memory, memory),
            self.thinks,
        )
        return functools.reduce(
            lambda x, both: both[1](x + self.drop(both[0](x))), zip(parts, self.norms, strict=True), tgt
        )


class CaptionsInBlocks(CaptionsByADecoder):
    layer, positions = LayerInBlocks, PositionsByCircles

    def mask(self, T):
        return torch.ones(T, T, dtype=torch.bool).tril()[None, None].reshape(T, T)


def contrast_by_logsumexp(out_left, out_right, tau, device="cuda"):
    z = F.normalize(torch.cat([out_left, out_right]), dim=1).to(device)
    scores = z @ z.mT / tau
    own = torch.diag(torch.full((len(z),), float("inf"), device=device))
    twins = torch.cat([scores.diagonal(len(out_left)), scores.diagonal(-len(out_left))])
    return (torch.logsumexp(scores - own, dim=1) - twins).mean()


def contrast_by_selection(out_left, out_right, tau):
    N = len(out_left)
    z = torch.cat([out_left, out_right])
    cosines = F.cosine_similarity(z[:, None], z[None], dim=2)
    others = torch.exp(cosines / tau).masked_select(~torch.eye(2 * N, dtype=torch.bool)).view(2 * N, -1).sum(dim=1)
    twins = F.cosine_similarity(out_left, out_right).repeat(2)
    return torch.mean(-torch.log(torch.exp(twins / tau) / others))


def contrast_view_by_view(out_left, out_right, tau):
    views, N, losses = [*out_left, *out_right], len(out_left), []
    for i, view in enumerate(views):
        others = [j for j in range(2 * N) if j != i]
        scores = torch.stack([torch.cosine_similarity(view, views[j], dim=0) for j in others]) / tau
        losses.append(-scores.log_softmax(0)[others.index((i + N) % (2 * N))])
    return sum(losses) / len(losses)


def cosine_by_angle(z_i, z_j):
    return torch.dot(F.normalize(z_i, dim=0), F.normalize(z_j, dim=0))


def cosines_by_broadcasting(out):
    return (out[:, None] * out[None]).sum(dim=2) / torch.outer(*[out.square().sum(dim=1).sqrt()] * 2)


def pairs_by_diagonal(out_left, out_right):
    return (F.normalize(out_left) @ F.normalize(out_right).T).diag().unsqueeze(1)


def clip_by_logsumexp(pictures, captions, tau):
    scores = torch.einsum("nd,md->nm", F.normalize(pictures), F.normalize(captions)).div(tau)
    both = torch.logsumexp(scores, dim=0) + torch.logsumexp(scores, dim=1)
    return (both / 2 - scores.diag()).mean()


def tokens_by_numpy(tokens, share, mask_id):
    mask = torch.from_numpy(np.random.random(tuple(tokens.shape)) < share).logical_and(tokens > 0)
    return torch.where(mask, torch.full_like(tokens, mask_id), tokens), mask


def words_one_by_one(scores, tokens, mask):
    places = mask.nonzero().tolist()
    return sum(scores[n, t].logsumexp(0) - scores[n, t, tokens[n, t]] for n, t in places) / len(places)


def masking_by_multinomial(x, mask_ratio):
    N, L, _ = x.shape
    order = torch.multinomial(torch.ones(N, L), L)
    keep = L - round(mask_ratio * L)
    restore = torch.empty_like(order).scatter_(1, order, torch.arange(L).expand(N, L))
    return torch.take_along_dim(x, order[:, :keep, None], dim=1), restore.ge(keep).to(x), restore


def patches_one_by_one(prediction, patches, mask):
    errors = [F.mse_loss(prediction[n, i], patches[n, i]) for n, i in mask.nonzero().tolist()]
    return torch.stack(errors).mean()


UNUSUAL: list[tuple] = [
    ("TwoLayerFC", two_lazy_layers),
    ("train_step", step_by_closure),
    ("discriminator", DiscriminatorAsAPile, lazy_discriminator),
    ("generator", GeneratorAsAPile),
    ("bce_loss", bce_by_log_sigmoids, bce_by_cases, bce_by_two_scores),
    ("ls_discriminator_loss", squares_by_mse),
    ("sample_noise", noise_between),
    ("attention_forward", attention_by_log_weights, attention_query_by_query),
    ("attention_backward", gradients_by_jacobians),
    ("multihead_attention_forward", heads_by_columns),
    ("positional_encoding", positions_by_circles),
    ("patchify", patches_by_windows),
    ("MultiHeadAttention", HeadsByScaledDotProduct, HeadsByBatches),
    ("PositionalEncoding", PositionsByCircles),
    ("TransformerDecoderLayer", LayerInBlocks),
    ("CaptioningTransformer", CaptionsInBlocks),
    ("simclr_loss_vectorized", contrast_by_logsumexp, contrast_by_selection),
    ("simclr_loss_naive", contrast_view_by_view),
    ("sim", cosine_by_angle),
    ("compute_sim_matrix", cosines_by_broadcasting),
    ("sim_positive_pairs", pairs_by_diagonal),
    ("clip_loss", clip_by_logsumexp),
    ("mask_tokens", tokens_by_numpy),
    ("masked_language_loss", words_one_by_one),
    ("random_masking", masking_by_multinomial),
    ("masked_patch_loss", patches_one_by_one),
]


RIGHT_TORCH: list[tuple[str, Callable, dict[str, Callable]]] = [
    (name, fn, {})
    for name, *versions in (
        ("flatten", flatten_by_view, flatten_row_by_row),
        ("three_layer_convnet", convnet_by_modules, convnet_by_unfolding),
        ("TwoLayerFC", two_layers_in_a_sequential, TwoLayersLastFirst, TwoLayersOfParameters),
        ("ThreeLayerConvNet", ConvNetByKaiming, ConvNetInParts, sequential_of_parts),
        ("sequential_convnet", sequential_of_parts, sequential_by_names),
        ("train_step", step_that_clears_afterwards, step_by_grad),
        ("check_accuracy", accuracy_by_joining, accuracy_of_the_dataset),
        ("mended_net", mended_in_one_row, MendedModule, MendedWithDropoutBeforeThePool),
        ("residual_block", residual_in_place, residual_by_sequential),
        ("preference_loss", preference_by_log_sigmoid, preference_by_softplus, preference_by_cross_entropy),
        ("sample_noise", noise_in_place, noise_of_its_own_generator),
        ("discriminator", Discriminator),
        ("generator", Generator),
        ("build_dc_classifier", DeepClassifier),
        ("build_dc_generator", DeepGenerator),
        ("get_optimizer", adam_in_a_list),
        ("discriminator_step", discriminator_step_without_grad, discriminator_step_in_two_backwards),
        ("generator_step", generator_step_with_d_frozen, generator_step_that_clears_d),
        ("MultiHeadAttention", HeadsByEinsum, HeadsOneByOne),
        ("PositionalEncoding", PositionsInALoop, PositionsByLogs),
        ("TransformerDecoderLayer", LayerInParts, LayerOfOtherHeads, LayerThatDropsBeforeTheReLU),
        ("CaptioningTransformer", CaptionsByADecoder, CaptionsOfOtherParts),
        ("mask_tokens", tokens_by_bernoulli, tokens_in_loops),
        ("masked_language_loss", words_by_cross_entropy, words_by_ignoring),
        ("random_masking", masking_by_permutations, masking_that_keeps_the_order),
        ("masked_patch_loss", patches_by_index, patches_by_weights),
        *UNUSUAL,
    )
    for fn in versions
]
