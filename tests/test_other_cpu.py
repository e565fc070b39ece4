"""Lessons pass the strict suite on other processors than the one that stored their outputs, as far as can be emulated.

Vector widths and matrix kernels round differently, and training amplifies it. Each setting below makes a library take
the path of another processor. The marker `other_cpu` runs them: `-m "other_cpu and not full"` a sample of two settings
and three lessons, `-m other_cpu` all of them.
"""

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

ROOT = Path(__file__).parent.parent
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))

WIDE = [name for name in __cpu_dispatch__ if "AVX512" in name or "X86_V4" in name]  # NumPy's 512-bit code

SETTINGS = {
    "OpenBLAS without FMA": {"OPENBLAS_CORETYPE": "Sandybridge"},  # NumPy's matrix products, rounded twice as often
    "oneDNN with AVX2": {"ONEDNN_MAX_CPU_ISA": "AVX2"},  # torch's convolutions
    "torch with AVX2": {"ATEN_CPU_CAPABILITY": "avx2"},  # torch's own loops, as on most processors of today
    "one thread": {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},  # sums split in one way, not two
    "MKL on any processor": {"MKL_CBWR": "COMPATIBLE"},  # torch's matrix products
    "NumPy without AVX-512": {"NPY_DISABLE_CPU_FEATURES": " ".join(WIDE)},  # exp and log of float64
}
SAMPLE = ("OpenBLAS without FMA", "NumPy without AVX-512")
SAMPLE_LESSONS = ("05_tuning_and_features", "07_batch_norm", "10_convnets")


def case(setting, lesson):
    sampled = setting in SAMPLE and lesson.stem in SAMPLE_LESSONS
    marks = [pytest.mark.other_cpu] + ([] if sampled else [pytest.mark.full])
    return pytest.param(setting, lesson, marks=marks, id=f"{setting}-{lesson.stem}")


MATRIX = [case(setting, lesson) for setting in SETTINGS for lesson in LESSONS]


def reason_to_skip(setting):
    """Say why a setting cannot apply to this processor."""
    if setting != "one thread" and platform.machine().lower() not in ("x86_64", "amd64"):
        return f"{setting} is a choice among x86 kernels; this is {platform.machine()}"
    if setting == "NumPy without AVX-512" and not any(__cpu_features__.get(name) for name in WIDE):
        return "NumPy takes no AVX-512 path on this processor anyway"
    return None


@pytest.mark.parametrize(("setting", "lesson"), MATRIX)
def test_lesson_passes_as_on_another_processor(setting, lesson, tmp_path):
    if reason := reason_to_skip(setting):
        pytest.skip(reason)
    command = [sys.executable, "-m", "pytest", str(lesson), "-q", "-p", "no:cacheprovider", "--color=no"]
    environment = os.environ | SETTINGS[setting] | {"CS231N_CACHE": str(tmp_path)}  # pictures are drawn as there, too
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=1800)
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]


def test_the_sample_is_part_of_the_matrix():
    assert set(SAMPLE) < SETTINGS.keys()
    assert set(SAMPLE_LESSONS) < {lesson.stem for lesson in LESSONS}
