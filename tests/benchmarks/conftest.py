"""A race: ours and PyTorch's in turn, many rounds; the table at the end compares the best round of each."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

SECONDS_A_ROW = 8


@dataclass(frozen=True)
class Result:
    """One row of the table: best seconds of ours and PyTorch's, and the ratio it should not pass."""

    name: str
    ours: float
    torch: float
    bar: float

    @property
    def ratio(self) -> float:
        return self.ours / self.torch


RESULTS: list[Result] = []


@pytest.fixture
def race(benchmark):
    """Return run(name, ours, torchs, bar): time both in turn and note the result; both return what they computed."""

    def run(name: str, ours: Callable, torchs: Callable, bar: float, same: bool = True) -> None:
        torch_seconds: list[float] = []

        def lap_of_torch() -> None:  # runs before each round of ours, outside its clock
            start = time.perf_counter()
            torchs()
            torch_seconds.append(time.perf_counter() - start)

        start = time.perf_counter()
        results, expected = ours(), torchs()
        if same:
            for got, want in zip(results, expected, strict=True):
                want = np.asarray(want.detach())
                np.testing.assert_allclose(got, want, rtol=1e-3, atol=1e-4 * max(1, np.abs(want).max()), err_msg=name)
        rounds = min(200, max(5, int(SECONDS_A_ROW / (time.perf_counter() - start))))
        benchmark.pedantic(ours, setup=lap_of_torch, rounds=rounds, warmup_rounds=2)
        if benchmark.stats is None:  # --benchmark-disable: only the results were compared
            return
        result = Result(name, benchmark.stats.stats.min, min(torch_seconds), bar)
        benchmark.extra_info.update(torch=result.torch, ratio=result.ratio, bar=bar)
        RESULTS.append(result)

    return run


def pytest_terminal_summary(terminalreporter) -> None:
    if not RESULTS:
        return
    terminalreporter.section("NumPy / PyTorch, best round of each")
    terminalreporter.write_line(f"{'':24}{'NumPy ms':>10}{'PyTorch ms':>12}{'ratio':>8}{'bar':>6}")
    for result in RESULTS:
        times = f"{1e3 * result.ours:10.2f}{1e3 * result.torch:12.2f}{result.ratio:8.2f}{result.bar:6.1f}"
        terminalreporter.write_line(f"{result.name:24}{times}{'  over' if result.ratio > result.bar else ''}")
    mean = math.exp(sum(math.log(result.ratio) for result in RESULTS) / len(RESULTS))
    terminalreporter.write_line(f"{'geometric mean':24}{'':22}{mean:8.2f}{1.2:6.1f}{'  over' if mean > 1.2 else ''}")
