"""Every lesson in a real JupyterLab: run all cells, move every slider, press every button, step every stepper."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.browser import FLAGS, TOKEN, Lab, find_browser

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parent.parent
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PICTURES = ROOT / "build" / "browser"

# Run in the page, where JupyterLab offers itself as `jupyterapp`.
NOTEBOOK = "jupyterapp.shell.currentWidget"
KERNEL = f"{NOTEBOOK}?.sessionContext?.session?.kernel?.status"
CELLS = f"{NOTEBOOK}.content.widgets.filter(w => w.model.type === 'code' && w.model.sharedModel.source.trim())"
RAN = f"{KERNEL} === 'idle' && {CELLS}.every(w => w.model.executionCount !== null && w.model.executionState === 'idle')"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab")
    shutil.copytree(ROOT / "notebooks", folder / "course")
    server = Lab(folder / "course", folder)
    yield server
    server.stop()


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    path = find_browser()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


def opened(lab, browser, name):
    """Return a page with the notebook `name` run from top to bottom."""
    lab.start_kernel(name)
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.goto(f"{lab.url}/lab/tree/{name}?token={TOKEN}&reset")
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=60_000)
    page.wait_for_function(f"{KERNEL} === 'idle'", timeout=60_000)
    page.evaluate(f"{CELLS}.forEach(w => {{ w.model.executionCount = null }})")
    page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
    page.wait_for_function(RAN, timeout=180_000)
    return page


def errors(page):
    outputs = f"{CELLS}.flatMap(w => w.model.sharedModel.getOutputs()).filter(o => o.output_type === 'error')"
    return page.evaluate(f"{outputs}.map(o => o.ename + ': ' + o.evalue)")


def picture(exploration):
    return exploration.locator("img").first.get_attribute("src")


def changed(exploration, before, what):
    for _ in range(100):
        if picture(exploration) != before:
            return
        exploration.page.wait_for_timeout(100)
    pytest.fail(f"{what} changed nothing")


def move_everything(page):
    """Move each slider and press each other button of each exploration; return how many controls there were."""
    moved = 0
    for box in page.locator(".jp-OutputArea-output .widget-vbox").all():
        box.scroll_into_view_if_needed()
        for handle in box.locator(".noUi-handle").all():
            before = picture(box)
            handle.focus()
            page.keyboard.press("ArrowRight")
            changed(box, before, "a slider")
            moved += 1
        for button in box.locator("button.widget-toggle-button:not(.mod-active)").all():
            before = picture(box)
            button.click()
            changed(box, before, "a button")
            moved += 1
    return moved


def step_every_stepper(page):
    """Step each stepper once by key, those folded into a report too; return how many there were."""
    page.evaluate("document.querySelectorAll('.jp-OutputArea-output details').forEach(fold => { fold.open = true })")
    steppers = page.locator(".jp-OutputArea-output .cs-step").all()
    for stepper in steppers:
        stepper.scroll_into_view_if_needed()
        before = stepper.locator(".cs-count").inner_text()
        here, last = before.split(" / ")
        stepper.focus()
        page.keyboard.press("ArrowLeft" if here == last else "ArrowRight")
        assert stepper.locator(".cs-count").inner_text() != before
    return len(steppers)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_lesson_runs_and_answers(lab, browser, lesson):
    page = opened(lab, browser, lesson.name)
    assert errors(page) == []
    assert move_everything(page) > 0
    assert step_every_stepper(page) > 0
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{lesson.stem}.png")
    page.close()
