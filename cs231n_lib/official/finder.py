"""Find `cs231n.layers` and its like in this package, and what official notebooks import that is no longer made."""

import importlib
import importlib.abc
import importlib.util
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType

HOME = "cs231n_lib.official"
# Modules that old notebooks import and that are missing today; the real ones go first where they are installed.
OLD = {
    "past": "old.past",
    "past.builtins": "old.past.builtins",
    "imageio": "old.imageio",
}
EMPTIED = {"scipy.misc": "old.imageio"}  # still there, but without the functions the notebooks want


class _Alias(importlib.abc.Loader):
    """Hand out a module of this package under a second name: one object, so that autoreload and patches meet it."""

    def __init__(self, real: str):
        self.real = real
        self.spec: ModuleSpec | None = None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = importlib.import_module(self.real)
        self.spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self.spec  # the import system has put the alias's there


class OfficialFinder(importlib.abc.MetaPathFinder):
    """Answer every name that begins with `cs231n`, and SciPy's `misc`."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Return where the module is; None for names of other packages.

        Raises: ModuleNotFoundError for a module that the official assignments have and this package has not.
        """
        if name.split(".")[0] == "cs231n":
            return _spec(name, f"{HOME}.{name}")
        return _spec(name, f"{HOME}.{EMPTIED[name]}") if name in EMPTIED else None


class OldFinder(importlib.abc.MetaPathFinder):
    """Answer `past.builtins` and `imageio`, which the notebooks of 2018 to 2024 import."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Return where the stand-in is; None for all other names."""
        return _spec(name, f"{HOME}.{OLD[name]}") if name in OLD else None


def install() -> None:
    """From now on, let `import cs231n...` meet this library, before any folder named cs231n."""
    uninstall()
    sys.meta_path.insert(0, OfficialFinder())
    sys.meta_path.append(OldFinder())  # last: what is installed goes first


def uninstall() -> None:
    """Let `import cs231n...` mean a folder again."""
    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, OfficialFinder | OldFinder)]
    for name in [name for name in sys.modules if name.split(".")[0] == "cs231n" or name in EMPTIED]:
        del sys.modules[name]


def _spec(name: str, real: str) -> ModuleSpec:
    found = importlib.util.find_spec(real)
    if found is None:
        raise ModuleNotFoundError(
            f"cs231n_lib.official has no {name}; it answers what the assignments 1 to 3 need", name=name
        )
    return ModuleSpec(name, _Alias(real), is_package=found.submodule_search_locations is not None)
