"""A notebook as one self-contained page, or as slides: readable offline, the same bytes each time."""

from __future__ import annotations

import copy
import functools
import html
import importlib.util
import re
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_output

from cs231n_lib.handouts.slides import arrange
from cs231n_lib.handouts.variants import tags
from cs231n_lib.step.render import hanging

TEMPLATES = Path(__file__).with_name("templates")
SHORT = 40  # characters of code that fit in one line even on a telephone


def page(notebook: NotebookNode, title: str, unfold: bool = False) -> str:
    """Return the notebook as one HTML file: mathematics, pictures, steppers and style inside.

    unfold: open all that is folded, for paper.
    """
    body = _export(_prepared(notebook, unfold), "handout", title)
    return body.replace("<!-- contents -->", contents(body))


def deck(notebook: NotebookNode, title: str) -> str:
    """Return the notebook as slides in one HTML file; the arrow keys walk through them."""
    return _export(arrange(_prepared(notebook, unfold=False)), "deck", title)


def contents(body: str) -> str:
    """Return a list of links to the sections of a page."""
    headings = re.findall(r'<h2 id="([^"]+)">(.*?)</h2>', body, re.DOTALL)
    rows = (f'<li><a href="#{place}">{re.sub(r"<[^>]+>", "", words).strip()}</a></li>' for place, words in headings)
    return f"<ol>{''.join(rows)}</ol>"


def _export(notebook: NotebookNode, template: str, title: str) -> str:
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(
        template_name=template,
        extra_template_basedirs=[str(TEMPLATES)],
        exclude_input_prompt=True,
        exclude_output_prompt=True,
    )
    text, _ = exporter.from_notebook_node(notebook, resources={"metadata": {"name": title}})
    text = re.sub(r'<a class="anchor-link"[^>]*>.*?</a>', "", text)
    text = re.sub(r"(<pre\b[^>]*>)(.*?)(?=</pre>)", _hang, text, flags=re.DOTALL)
    for name, element in _elements(template).items():  # put in last: nbconvert would parse these megabytes
        text = text.replace(f"<!-- {name} -->", element)
    return text


def _hang(program: re.Match) -> str:
    """Let each line that may be too long for the page go on below its own beginning, not at the margin."""
    return program[1] + "\n".join(_hanging(line) for line in program[2].split("\n"))


def _hanging(line: str) -> str:
    words = html.unescape(re.sub(r"<[^>]+>", "", line))
    code = re.sub(r"^ *\d+  ", "", words)  # a listing's lines are numbered
    if len(words) <= SHORT or line.count("<span") != line.count("</span") or "text-indent" in line:
        return line  # the last: a stepper's listing hangs already
    return f'<span class="long" style="--hang:{len(words) - len(code) + hanging(code)}ch">{line}</span>'


@functools.cache
def _elements(template: str) -> dict[str, str]:
    """Return the style and the scripts that a page carries, by the names the templates use."""
    style = (TEMPLATES / "page.css").read_text(encoding="utf-8")
    settings = (TEMPLATES / "page.js").read_text(encoding="utf-8")
    scripts = {"mathjax": settings + _of_package("sphinx-mathjax-offline", "static/mathjax/tex-svg.js")}
    if template == "deck":
        reveal = "_static/revealjs/dist"
        scripts |= {"reveal": _of_package("sphinx_revealjs", f"{reveal}/reveal.js")}
        style = _of_package("sphinx_revealjs", f"{reveal}/reveal.css") + style
        style += (TEMPLATES / "deck.css").read_text(encoding="utf-8")
    closed = {name: script.replace("</script", "<\\/script") for name, script in scripts.items()}
    return {"css": f"<style>{style}</style>", **{name: f"<script>{text}</script>" for name, text in closed.items()}}


def _of_package(package: str, file: str) -> str:
    """Read a file that an installed package carries, without importing the package."""
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise ValueError(f"handouts need the package {package}; install requirements.txt")
    return (Path(found.submodule_search_locations[0]) / file).read_text(encoding="utf-8")


def _prepared(notebook: NotebookNode, unfold: bool) -> NotebookNode:
    """Return a copy with what only a page needs: notes beside explorations, room for answers, folds opened."""
    notebook = copy.deepcopy(notebook)
    _mark_room(notebook.cells)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [part for output in cell.outputs for part in _with_note(output)]
            cell.metadata["check"] = bool(re.match(r'check\("[^"]+", my_', cell.source))
        elif unfold:
            cell.source = cell.source.replace("<details>", "<details open>")
    notebook.metadata["unfold"] = unfold
    return notebook


def _mark_room(cells: list[NotebookNode]) -> None:
    """Mark the blanks and questions whose answer is not there, and for students the predictions to write down."""
    following = [tags(cell) for cell in cells] + [set(), set()]
    for_students = not any("solution" in some for some in following)
    for i, cell in enumerate(cells):
        if cell.cell_type == "code":
            blank = re.search(r"^ +\.\.\.$|^# Write my_", cell.source, re.MULTILINE)
            open_end = blank and "solution" not in following[i + 2]
        else:
            question = re.search(r"^\*\*Question\.?\*\*", cell.source, re.MULTILINE)
            open_end = question and "answer" not in following[i + 1]
            then_code = i + 1 < len(cells) and cells[i + 1].cell_type == "code"
            cell.metadata["prediction"] = for_students and then_code and "**Predict" in cell.source
        if open_end:
            cell.metadata["room"] = True


def _with_note(output: NotebookNode) -> list[NotebookNode]:
    """Follow the stored picture of an exploration by a note that it moves in the notebook."""
    plain = "".join(output.get("data", {}).get("text/plain", ""))
    if not plain.startswith("<exploration"):
        return [output]
    state = plain.removeprefix("<exploration: ").removesuffix(">")
    note = f'<p class="note">Shown for {html.escape(state)}. In the notebook this is an exploration with sliders.</p>'
    return [output, new_output("display_data", data={"text/html": note})]
