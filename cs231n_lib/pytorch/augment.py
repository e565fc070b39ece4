"""Augmentations of whole batches of pictures at once: many times faster than one picture after another.

All random numbers are drawn first (`draw`), then used (`apply`): so several processes can draw the same for a whole
batch and each use its share.
"""

import functools
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

GREY = (0.299, 0.587, 0.114)  # how bright red, green and blue look


@dataclass(frozen=True)
class Augment:
    """Random crop, mirror image, colour jitter, greyscale and blur, as SimCLR uses them; and the negative of a picture.

    crop: smallest share of the area that is kept (1 for no crop);  flip: probability;
    jitter: strength of brightness, contrast and saturation, with probability .8;
    hue: how far colours may turn about grey, with the same probability, 1 for half a circle (default a quarter of
        jitter, as torchvision's strengths are usually chosen);
    grey: probability;  blur: probability;
    invert: probability of the negative, dark for light (default 0: SimCLR has none);
    size: pixels along one side of a view (default: as the picture). A window enlarged to the whole picture shows things
        larger than they are; smaller views make up for that, and cost less.
    Source: Chen et al. 2020, A Simple Framework for Contrastive Learning of Visual Representations.
    """

    crop: float = 0.3
    flip: float = 0.5
    jitter: float = 0.4
    grey: float = 0.2
    blur: float = 0.3
    hue: float | None = None
    invert: float = 0.0
    size: int | None = None

    def __call__(self, x: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """Return one augmented view of pictures (N, 3, H, W) with values 0..1."""
        return self.apply(x, self.draw(len(x), generator))

    def draw(self, N: int, generator: torch.Generator | None = None) -> dict[str, Tensor]:
        """Draw what happens to each of N pictures: a placement (N, 2, 3), colours (N, 3, 4), and whether to blur."""
        u = torch.rand(N, 16, generator=generator)
        return {"place": self._places(u[:, :6]), "colour": self._colours(u[:, 6:15]), "blur": u[:, 15] < self.blur}

    def apply(self, x: Tensor, drawn: dict[str, Tensor]) -> Tensor:
        """Return the pictures as drawn, on their device; shapes as in `draw` and `__call__`."""
        drawn = {name: numbers.to(x.device) for name, numbers in drawn.items()}
        if self.crop < 1 or self.flip > 0 or self.size:
            shape = [*x.shape[:2], self.size or x.shape[2], self.size or x.shape[3]]
            grid = F.affine_grid(drawn["place"], shape, align_corners=False)
            x = F.grid_sample(x, grid, padding_mode="reflection", align_corners=False)
        mix, shift = drawn["colour"][:, :, :3], drawn["colour"][:, :, 3:]
        x = (mix @ x.flatten(2) + shift).reshape(x.shape).clamp(0, 1)
        return torch.where(drawn["blur"][:, None, None, None], _blurred(x), x) if self.blur > 0 else x

    def _places(self, u: Tensor) -> Tensor:
        """Choose a window of random area, shape and place, and whether it is mirrored: from the view to the picture."""
        area = self.crop + (1 - self.crop) * u[:, 0]
        stretch = 0.28 if self.crop < 1 else 0.0
        aspect = torch.exp((2 * u[:, 1] - 1) * stretch)  # width / height from 3/4 to 4/3
        width, height = (area * aspect).sqrt().clamp(max=1), (area / aspect).sqrt().clamp(max=1)
        mirror = torch.where(u[:, 2] < self.flip, -1.0, 1.0)
        right, down = (1 - width) * (2 * u[:, 3] - 1), (1 - height) * (2 * u[:, 4] - 1)
        nothing = torch.zeros_like(right)
        rows = [torch.stack([mirror * width, nothing, right], 1), torch.stack([nothing, height, down], 1)]
        return torch.stack(rows, dim=1)

    def _colours(self, u: Tensor) -> Tensor:
        """Join brightness, contrast, saturation, hue and greyscale to one 3 x 3 matrix and a shift a picture."""
        strength = self.jitter * (u[:, 7:8] < 0.8)
        brightness, contrast, saturation = (1 + strength * (2 * u[:, :3] - 1)).unbind(1)
        saturation = torch.where(u[:, 4] < self.grey, 0.0, saturation)
        turn = self.jitter / 4 if self.hue is None else self.hue
        hue = turn * (u[:, 7] < 0.8) * (2 * u[:, 3] - 1) * torch.pi
        to_grey = torch.tensor(GREY).expand(3, 3)
        mix = saturation[:, None, None] * _hue_turns(hue) + (1 - saturation)[:, None, None] * to_grey
        scale = (brightness * contrast)[:, None, None]
        shift = (brightness * (1 - contrast) * 0.5)[:, None, None].expand(-1, 3, 1)
        colours = torch.cat([scale * mix, shift], dim=2)
        negative = torch.tensor([0.0, 0, 0, 1]) - colours  # 1 - x
        return torch.where((u[:, 5] < self.invert)[:, None, None], negative, colours)


def _hue_turns(angle: Tensor) -> Tensor:
    """Return turns of the colour cube about its grey diagonal, (N, 3, 3): Rodrigues' formula for the axis (1, 1, 1)."""
    third = 1 / 3
    sine, cosine = angle.sin()[:, None, None], angle.cos()[:, None, None]
    cross = torch.tensor([[0.0, -1, 1], [1, 0, -1], [-1, 1, 0]]) / 3**0.5
    return cosine * torch.eye(3) + sine * cross + (1 - cosine) * torch.full((3, 3), third)


def _blurred(x: Tensor) -> Tensor:
    """Blur with the kernel 1 4 6 4 1 in both directions; the border is mirrored."""
    H, W = x.shape[-2:]
    return _blur_matrix(H).to(x) @ x @ _blur_matrix(W).to(x).T


@functools.cache
def _blur_matrix(size: int) -> Tensor:
    """Write the blur of a column of pixels as one matrix (size, size): two products blur a whole batch."""
    mirrored = F.pad(torch.eye(size)[None], (0, 0, 2, 2), mode="reflect")[0]  # (size + 4, size), for 1-D rows
    shifted = [weight / 16 * mirrored[k : k + size] for k, weight in enumerate((1.0, 4.0, 6.0, 4.0, 1.0))]
    return torch.stack(shifted).sum(dim=0)
