"""Functions as learners write them, wrong, right, untouched and half done: one file each, to measure `check` with.

`first`: cases that were at hand while the checker was built. `foreign`: written by another hand, from the exercises'
names and contracts alone, without a look at the checker. `second`: a second such set, each wrong one with its right
version, written when the first had been used to build on. `invented`: wrong ones, written before the operators that
mend them. The top of a file says what it is: `exercise`, `wrong` (in
words), `expect` (the verdict), and for a wrong one `names`, a pattern that a word on the mistake matches, and `line`,
where the fault stands.
"""

from __future__ import annotations

import importlib.util
import re
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cs231n_lib.check.report import Report

HERE = Path(__file__).parent
VALUES = re.compile(  # sentences on a number or on what Python said, not on the mistake
    r"^(Right for|Right already|It says|In line|It was called|The cache it was given|Step \d)"
    r"|it should be|every number should be finite|has shape|must return|not filled in|makes it|is made in line"
)


@dataclass(frozen=True)
class Learner:
    """One file: a function or class that a learner handed in."""

    path: Path

    @cached_property
    def about(self) -> dict[str, str]:
        """What stands at the top of the file."""
        pairs = (re.match(r"# (\w+): (.*)", line) for line in self.path.read_text("utf-8").splitlines()[:6])
        return {m[1]: m[2] for m in pairs if m}

    @property
    def kind(self) -> str:
        """What it is: right, blank, half or wrong."""
        expect = self.about["expect"]
        if self.about.get("names") and "half" not in expect:
            return "wrong"
        return expect if expect in ("blank", "half") else "right"

    @property
    def exercise(self) -> str:
        """The exercise it was written for."""
        return self.about["exercise"]

    def load(self):
        """Import the file and return the function or class."""
        name = f"learner_{self.path.stem}"
        spec = importlib.util.spec_from_file_location(name, self.path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
        return getattr(module, self.exercise.split(" ")[0].split(".")[0])

    def named(self, report: Report) -> bool:
        """Return whether a report says the mistake in words."""
        words = [line for line in [report.headline, *report.lines] if not VALUES.search(line)]
        told = [*words, *(f"{d.title} {d.hint}" for d in report.diagnosis)]
        return any(re.search(self.about["names"], text, re.IGNORECASE) for text in told)

    def placed(self, report: Report) -> bool:
        """Return whether a report says the line of the fault, or one beside it."""
        said = {int(n) for n in re.findall(r"\bline (\d+)", "\n".join([report.headline, *report.lines]))}
        return any(abs(a - int(b)) <= 1 for a in said for b in self.about.get("line", "").split(",") if b.strip())


def learners(folder: str) -> list[Learner]:
    """Return all files of a folder."""
    return [Learner(path) for path in sorted((HERE / folder).glob("*.py"))]
