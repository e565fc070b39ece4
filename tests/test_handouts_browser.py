"""Handouts opened as a person opens them: in a browser without network, and on paper."""

import re
import shutil
import subprocess

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from cs231n_lib.handouts import build, page, paper, variants
from tests.browser import FLAGS, find_browser

pytestmark = pytest.mark.browser
sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")

LESSON = "03_softmax"


@pytest.fixture(scope="module")
def student():
    return variants.student(build.read(build.find([LESSON])[0]))


@pytest.fixture(scope="module")
def chromium():
    with sync_api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=find_browser(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium, tmp_path):
    """Return a function that opens HTML offline; what it asks the network for and complains of fails the test."""
    complaints = []

    def open_page(text, **options):
        path = tmp_path / "handout.html"
        path.write_text(text, encoding="utf-8")
        tab = chromium.new_context(offline=True, **options).new_page()
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        tab.on("requestfailed", lambda request: complaints.append(request.url))
        tab.goto(path.as_uri())
        tab.wait_for_selector("mjx-container svg", timeout=30_000)
        return tab

    yield open_page
    assert complaints == []


def test_a_page_shows_mathematics_and_its_steppers_step(opened, student):
    tab = opened(page.page(student, "x"), viewport={"width": 1000, "height": 900})
    sources = sum(len(re.findall(r"\$\$", cell.source)) for cell in student.cells if cell.cell_type == "markdown")
    assert tab.locator("mjx-container[display=true]").count() == sources / 2
    assert tab.locator("mjx-merror").count() == 0
    assert "$" not in tab.locator(".text_cell").all_inner_texts()[5]
    steppers = tab.locator(".cs-step").all()
    assert steppers
    for stepper in steppers:
        before = stepper.locator(".cs-count").inner_text()
        stepper.focus()
        tab.keyboard.press("ArrowRight")
        assert stepper.locator(".cs-count").inner_text() != before


@pytest.mark.parametrize("width", [390, 1000])
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_nothing_sticks_out_of_the_page(opened, student, width, colours):
    tab = opened(page.page(student, "x"), viewport={"width": width, "height": 900}, color_scheme=colours)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    ground = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == {"light": "rgb(255, 255, 255)", "dark": "rgb(22, 24, 27)"}[colours]


def test_headings_stand_over_their_columns_and_an_empty_head_is_hidden(opened):
    tables = "$x$\n\n| | A | B |\n|---|---|---|\n| 1 | 2 | 3 |\n\n| | |\n|---|---|\n| 4 | 5 |"
    tab = opened(page.page(new_notebook(cells=[new_markdown_cell(tables)]), "x"))
    left = {text: tab.get_by_text(text, exact=True).bounding_box()["x"] for text in "AB23"}
    assert (left["A"], left["B"]) == (left["2"], left["3"])
    assert [head.is_visible() for head in tab.locator("thead").all()] == [True, False]


def test_slides_walk_with_the_keys(opened, student):
    tab = opened(page.deck(student, "x"), viewport={"width": 1100, "height": 720})
    seen = set()
    for _ in range(8):
        seen.add((tab.locator(".slide-number").inner_text(), tab.locator(".fragment.visible").count()))
        tab.keyboard.press("Space")
    assert len(seen) == 8


def test_what_appears_on_a_slide_comes_into_view(opened):
    high = "\n".join(f"line_{i} = {i}" for i in range(40))
    picture = new_output("stream", text="the result")
    cells = [new_markdown_cell("# Title $x$\n\nPredict."), new_code_cell(high, outputs=[picture])]
    tab = opened(page.deck(new_notebook(cells=cells), "x"), viewport={"width": 1100, "height": 720})
    tab.keyboard.press("Space")
    tab.wait_for_selector(".fragment.visible")
    box = tab.get_by_text("the result", exact=True).bounding_box()
    assert box["y"] > 0 and box["y"] + box["height"] <= 720
    wide = "const slide = Reveal.getCurrentSlide(); return slide.scrollWidth - slide.clientWidth;"
    assert tab.evaluate(f"() => {{ {wide} }}") == 0


def test_the_same_page_prints_the_same_pages(student, tmp_path):
    text = page.page(student, "x", unfold=True)
    first, second = (paper.pdf(text, find_browser()) for _ in range(2))
    assert words_on(first, tmp_path) == words_on(second, tmp_path)
    pages = words_on(first, tmp_path).split("\f")[:-1]
    assert 10 < len(pages) < 40
    for number, words in enumerate(pages, 1):
        assert f"{number} / {len(pages)}" in words  # page numbers
        last = [line for line in words.strip().splitlines() if line.strip()][-2]
        assert last.strip() not in headings(student), f"page {number} ends with the heading {last!r}"
    assert "not attempted" not in words_on(first, tmp_path)


def test_a_stepper_stays_whole_on_paper(student, tmp_path):
    pages = words_on(paper.pdf(page.page(student, "x", unfold=True), find_browser()), tmp_path).split("\f")[:-1]
    frames = [words for words in pages if re.search(r"\d+ of \d+\.", words)]
    assert frames
    for words in frames:
        first = re.search(r"\d+ of \d+\.", words)
        assert first
        assert re.search(r"read +written", words[: first.start()]), words[: first.start()]


def test_a_check_follows_its_blank_on_paper(tmp_path):
    cells = []
    for i in range(40):  # at ever new places of a page
        cells.append(new_markdown_cell("\n\n".join(["Words."] * (i % 7 + 1))))
        cells += [new_code_cell(f"my_line_{i} = ..."), new_code_cell(f'check("net.line", my_line_{i})')]
    made = page.page(new_notebook(cells=cells), "x", unfold=True)
    pages = words_on(paper.pdf(made, find_browser()), tmp_path).split("\f")[:-1]
    assert len(pages) > 4 and sum(words.count("check(") for words in pages) == 40
    assert not [words for words in pages if words.strip().startswith("check(")]


def headings(notebook):
    found = [re.findall(r"^#+ (.+)$", cell.source, re.MULTILINE) for cell in notebook.cells]
    return {heading for some in found for heading in some}


def words_on(document, folder):
    """Return the text of a PDF, its pages ended by form feeds."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    (folder / "x.pdf").write_bytes(document)
    run = subprocess.run(["pdftotext", "-layout", folder / "x.pdf", "-"], capture_output=True, text=True, check=True)
    return run.stdout


def test_chinese_prints(tmp_path):
    notebook = new_notebook(cells=[new_markdown_cell("# 卷积 Convolution\n\n梯度检查。")])
    words = words_on(paper.pdf(page.page(notebook, "x"), find_browser()), tmp_path)
    assert "卷积" in words and "梯度检查" in words
