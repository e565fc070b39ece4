"""Run official notebooks: `python -m cs231n_lib.official NOTEBOOK|FOLDER`."""

import sys

from cs231n_lib.official.run import main

if __name__ == "__main__":
    sys.exit(main())
