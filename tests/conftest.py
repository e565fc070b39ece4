"""Give every test the embedded picture set and a cache of its own, before anything is imported."""

import os
import tempfile

os.environ["CS231N_DATA"] = "scenes"
if not os.environ.get("CS231N_CACHE"):
    _folder = tempfile.TemporaryDirectory(prefix="cs231n-cache-", ignore_cleanup_errors=True)  # removed at exit
    os.environ["CS231N_CACHE"] = _folder.name
