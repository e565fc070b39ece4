"""Answer `import cs231n...` with this library, so that notebooks of the official assignments (2018 to 2026) run on it.

`python -m cs231n_lib.official NOTEBOOK` runs them; in a notebook of your own, put this into the first cell:

    from cs231n_lib.official import install; install()
"""

from cs231n_lib.official.finder import install, uninstall

__all__ = ["install", "uninstall"]
