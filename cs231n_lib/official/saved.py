"""Models kept under cs231n/saved/ as the editions from 2025 on keep them: `np.save` of a dictionary of arrays."""

from pathlib import Path

import numpy as np

from cs231n_lib.data import pickles

FOLDER = Path("cs231n/saved")  # in the assignment's folder, where its notebooks run


def save(params: dict[str, np.ndarray], fname: str) -> None:
    """Write arrays by name."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    np.save(FOLDER / fname, np.array(params, dtype=object))
    print(f"{fname} saved.")


def load(fname: str) -> dict[str, np.ndarray] | None:
    """Read arrays by name, running nothing that the file may hold; None if there is no such file."""
    path = FOLDER / fname
    if not path.exists():
        print(f"{fname} not available.")
        return None
    with open(path, "rb") as file:
        params = pickles.read_npy(file).item()
    print(f"{fname} loaded.")
    return params
