"""Compare a cell's stored outputs with computed ones: text exactly, decimals nearly, pictures through a blur.

Text. Everything that is not a decimal number must be equal, character by character; so must integers, `nan`, `inf`,
and numbers inside a word (`conv2d`), a version (`1.2.3`) or a colour (`#00e500`). A decimal may differ by one unit in
the last place printed, of the two texts the one that prints more places: NumPy and Python drop trailing zeros, and
`0.5` stored must not let `0.58` pass. A number without a decimal digit (`1.`, `1e-05`) gets no unit. Digits beyond the
twelfth are noise. Spaces beside a decimal are not compared, since arrays are padded to their widest number.

Steppers. Their key frames and the data that they play are text like any other. The player, which is the same script and
style in every stepper, is not compared: its own tests judge it, and a change of it asks for no lesson to be run again.

Pictures. Both are laid on white, blurred (sigma 4 pixels) and subtracted. Two bounds hold: the root mean square over
the picture, 2 of 255, and the largest single difference, 40 of 255. Measured on line, bar, scatter and image plots of
640 x 480: a curve 2 pixels wide that moves by its width gives 1.0 and 14; a loss or accuracy curve trained under
another BLAS kernel up to 0.4 and 17. The first bound catches another curve (3.5 and more), another colour map (38),
bars .01 off (4.8), a changed axis limit; the second what is small but whole: a scatter dot that is missing, recoloured
or moved (80), another title (71), swapped legend entries (50); it lets a bar's edge move by 1.8 pixels. NOT caught: a
single changed digit of a tick label (0.2 and 14), two swapped tick labels (33), a faint dotted line too many (3), a
curve off by less than four pixels.
So a number that matters belongs into printed text.
"""

from __future__ import annotations

import base64
import io
import json
import operator
import re
from decimal import Decimal
from itertools import takewhile
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from cs231n_lib.execute import PICTURES, clean_outputs
from cs231n_lib.step.script import players, without_player

SIGMA = 4  # pixels
RMS_LIMIT = 2.0  # of 255
PEAK_LIMIT = 40.0  # of 255
NOISE = Decimal("1e-12")  # relative: what float64 arithmetic may leave in the last of 17 printed digits

# One group, so that `split` gives text, number, text, ... with the spaces beside a number dropped.
_DECIMAL = re.compile(r" *(?<![\w.#])([-+]?(?:\d+\.\d*|\.\d+|\d+(?=[eE][-+]?\d))(?:[eE][-+]?\d+)?)(?!\.?\d) *")
_DATA_URI = re.compile(r"data:image/(?:png|jpeg);base64,([A-Za-z0-9+/=]+)")


def output_differences(stored: list, computed: list, tolerance: float, free: bool, failures: Path) -> list[str]:
    """Say how the computed outputs of a cell differ from the stored ones; an empty list means they agree.

    tolerance: absolute, for decimals, default of a cell 0.
    free: compare only number and size of pictures.
    failures: path stem under which pairs of pictures that differ are written.
    """
    kept, made = _Facets(stored), _Facets(computed)
    if kept.kinds != made.kinds:
        return [f"stored outputs: {_listed(kept.kinds)}\n  computed outputs: {_listed(made.kinds)}"]
    found = []
    for (kind, old), (_, new) in zip(kept.texts, made.texts, strict=True):
        found += [f"{kind}: {difference}" for difference in text_differences(old, new, tolerance)]
    if len(kept.pictures) != len(made.pictures):
        return [*found, f"{len(kept.pictures)} pictures stored, {len(made.pictures)} computed"]
    for number, (old, new) in enumerate(zip(kept.pictures, made.pictures, strict=True), 1):
        target = failures.with_name(f"{failures.name}-picture{number}.png")
        difference = picture_difference(old, new, free, target)
        found += [f"picture {number}: {difference}"] if difference else []
    return found


def count_pictures(outputs: list) -> int:
    """Return how many pictures a cell shows, those inside of pages among them."""
    return len(_Facets(outputs).pictures)


def pictures_found(stored: list, computed: list, differences: list[str]) -> tuple[int, int]:
    """Return how many stored pictures are computed: near enough, judged by `output_differences`, and byte for byte."""
    kept, made = _Facets(stored), _Facets(computed)
    if kept.kinds != made.kinds or len(kept.pictures) != len(made.pictures):
        return 0, 0  # then no picture was compared
    far = sum(difference.startswith("picture ") for difference in differences)
    return len(kept.pictures) - far, sum(map(operator.eq, kept.pictures, made.pictures))


def other_players(stored: list, computed: list) -> int:
    """Return how many steppers are stored with a player that none of the computed has."""
    made = set(_Facets(computed).players)
    return sum(player not in made for player in _Facets(stored).players)


class _Facets:
    """What is compared of a list of outputs: their kinds, their texts by kind, their pictures in base64.

    And what is not: the players of their steppers.
    """

    def __init__(self, outputs: list):
        self.texts: list[tuple[str, str]] = []
        self.pictures: list[str] = []
        self.players: list[str] = []
        outputs = clean_outputs(outputs)
        streams: dict[str, str] = {}
        for output in outputs:  # a kernel sends stdout and stderr apart, so their order says nothing
            if output["output_type"] == "stream":
                streams[output["name"]] = streams.get(output["name"], "") + output["text"]
        shown = [output for output in outputs if "data" in output]
        self.kinds = sorted(streams) + ["+".join(sorted(output["data"])) for output in shown]
        for name in sorted(streams):
            self._add_text(name, streams[name])
        for output in shown:
            self._add_bundle(output["data"], output["metadata"])

    def _add_bundle(self, data: dict, metadata: dict) -> None:
        for mime in sorted(data):
            if mime in PICTURES:
                self.pictures.append("".join(data[mime].split()))
                self.texts.append((f"alt of {mime}", metadata.get(mime, {}).get("alt", "")))
            else:
                value = data[mime]
                self._add_text(mime, value if isinstance(value, str) else json.dumps(value, sort_keys=True))

    def _add_text(self, kind: str, text: str) -> None:
        self.pictures += _DATA_URI.findall(text)
        self.players += players(text)
        self.texts.append((kind, without_player(_DATA_URI.sub("[picture]", text))))


def _listed(kinds: list[str]) -> str:
    return ", ".join(kinds) or "none"


# Text -------------------------------------------------------------------------------------------------------------


def text_differences(stored: str, computed: str, tolerance: float = 0) -> list[str]:
    """Say where two texts differ by more than rounding; at most five numbers are listed."""
    if stored == computed:
        return []
    old, new = _DECIMAL.split(stored), _DECIMAL.split(computed)
    if old[::2] != new[::2]:
        return [_first_difference(old, new)]
    found = []
    for i in range(1, len(old), 2):
        allowed = allowed_difference(old[i], new[i], tolerance)
        if abs(Decimal(old[i]) - Decimal(new[i])) > allowed:
            before = old[i - 1].rpartition("\n")[2][-40:]
            found.append(f"stored {old[i]}, computed {new[i]}, allowed {float(allowed):.1g} (after {before!r})")
    return [*found[:5], f"{len(found) - 5} more numbers differ"] if len(found) > 5 else found


def allowed_difference(stored: str, computed: str, tolerance: float = 0) -> Decimal:
    """Return by how much two printed decimals may differ: a unit of the finest place printed, or `tolerance`."""
    places = [place for text in (stored, computed) if (place := _last_place(text)) is not None]
    unit = Decimal(1).scaleb(min(places)) if places else Decimal(0)
    return max(unit, abs(Decimal(stored)) * NOISE, Decimal(str(tolerance)))


def _last_place(text: str) -> int | None:
    """Return the power of ten of the last printed decimal digit: -7 for 1.23e-05, None for 1. and 1e-05."""
    exponent = Decimal(text).as_tuple().exponent
    return int(exponent) if re.search(r"\.\d", text) else None


def _first_difference(old: list[str], new: list[str]) -> str:
    """Quote both texts around the first place that differs and is not a number."""
    i = next(i for i in range(0, max(len(old), len(new)), 2) if old[i : i + 1] != new[i : i + 1])
    pieces = ["".join(split[i : i + 1]) for split in (old, new)]
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(*pieces, strict=False)))
    start = max(same - 40, 0)
    before = "".join(old[max(i - 1, 0) : i]) if start == 0 else ""
    quoted = [(before + "".join(split[i : i + 3])[start:])[:120] for split in (old, new)]
    return f"stored   {quoted[0]!r}\n  computed {quoted[1]!r}"


# Pictures ---------------------------------------------------------------------------------------------------------


def picture_difference(stored: str, computed: str, free: bool, target: Path) -> str | None:
    """Say how two pictures in base64 differ, or return None; a pair that differs is written to `target`."""
    if stored == computed:
        return None
    old, new = _on_white(stored), _on_white(computed)
    if old.size != new.size:
        report = "size {} x {} stored, {} x {} computed".format(*old.size, *new.size)
    elif free:
        return None
    else:
        rms, peak = blurred_difference(old, new)
        if rms <= RMS_LIMIT and peak <= PEAK_LIMIT:
            return None
        report = (
            f"blurred difference {rms:.2f} RMS (allowed {RMS_LIMIT}), {peak:.0f} at most (allowed {PEAK_LIMIT:.0f})"
        )
    write_pair(old, new, target)
    return f"{report}; stored | computed | difference: {target}"


def blurred_difference(old: Image.Image, new: Image.Image) -> tuple[float, float]:
    """Return root mean square and maximum of the difference of two blurred pictures of one size, of 255."""
    old_pixels, new_pixels = (np.asarray(p.filter(ImageFilter.GaussianBlur(SIGMA)), np.float32) for p in (old, new))
    difference = old_pixels - new_pixels
    return float(np.sqrt((difference**2).mean())), float(np.abs(difference).max())


def write_pair(old: Image.Image, new: Image.Image, target: Path) -> None:
    """Write stored picture, computed picture and their difference side by side into one PNG."""
    width, height = (max(sides) for sides in zip(old.size, new.size, strict=True))
    old, new = (_padded(picture, width, height) for picture in (old, new))
    difference = np.abs(np.asarray(old, np.int16) - np.asarray(new, np.int16)).astype(np.uint8)
    sheet = Image.new("RGB", (3 * width, height))
    for column, picture in enumerate((old, new, Image.fromarray(255 - difference))):
        sheet.paste(picture, (column * width, 0))
    target.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(target)


def _padded(picture: Image.Image, width: int, height: int) -> Image.Image:
    sheet = Image.new("RGB", (width, height), "white")
    sheet.paste(picture, (0, 0))
    return sheet


def _on_white(data: str) -> Image.Image:
    picture = Image.open(io.BytesIO(base64.b64decode(data))).convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")
