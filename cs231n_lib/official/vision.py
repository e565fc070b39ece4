"""torchvision, which only a few notebooks need and which this project does not install."""

import importlib
from types import ModuleType


def torchvision(part: str) -> ModuleType:
    """Return torchvision's module `part`, such as "transforms".

    Raises: ImportError that says what to do, if it is missing or does not fit torch.
    """
    try:
        return importlib.import_module(f"torchvision.{part}")
    except (ImportError, RuntimeError) as error:  # one built for another torch raises RuntimeError
        raise ImportError(
            f"this notebook needs torchvision.{part}, which cannot be imported here ({error}); install the torchvision "
            "that fits your torch, see pytorch.org"
        ) from error
