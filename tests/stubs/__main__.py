"""Write the fingerprints of the untouched exercises: `python -m tests.stubs`."""

from cs231n_lib.check.blank import STUBS

from . import written

STUBS.write_text(written(), encoding="utf-8")
print(f"{STUBS.name} written")
