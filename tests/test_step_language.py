"""The stepper in Chinese: each of its words comes from one table of sentences a language, and no English is left."""

import html
import re
from string import Formatter

import numpy as np
import pytest

from cs231n_lib.check.beside import beside
from cs231n_lib.check.registry import exercise
from cs231n_lib.check.run import Subject
from cs231n_lib.check.variants import patched
from cs231n_lib.language import LANGUAGES, VARIABLE, speaking, spoken, table
from cs231n_lib.step import step
from cs231n_lib.step.examples import example, examples
from cs231n_lib.step.modules import without_comments
from cs231n_lib.step.script import modules, script
from tests.test_step_record import no_loops
from tests.test_step_render import data_of

X, T = np.arange(12.0).reshape(4, 3), np.ones((5, 3))
PACKAGES = ["cs231n_lib.step", "cs231n_lib.show"]
KEYS = {"Home", "End"}  # as they stand on a keyboard
PYTHON = {"False", "True", "NoneType", "float"}  # values and types
WORD = re.compile(r"[A-Za-z_]{2,}")


def branches(x, k):
    for i in range(2):
        if x[i, 0] > k:
            x[i, :] = k
    total = x.sum()
    x += 1
    return x, total


def scattered(x, mask, a, b, c):
    p, q, r, s, t, u = range(6)
    sizes = list(range(50))
    x[mask] = a[mask] + b[0, 0] + c[1, 1] + x[2, 2]
    x[0, 0] = p + q + r + s + t + u + len(sizes)


def outer(x):
    return inner(x) + inner(2 * x)


def inner(x):
    y = x + 1
    return y


def fails(x):
    return x[99]


def nothing():
    return


def look(x):
    return x[0, 0] + 1


def sums(x):
    total = 0.0
    for k in range(400):
        total += k
    return x[1, 2, 0:60] + total


def pads(x):
    x += np.ones(3)


def recordings():
    """Return calls that hold frames of every kind."""
    mask = np.eye(4, 3) > 0
    mask[0, 1] = True
    return {
        "branches": step(branches, X.copy(), 1.0),
        "scattered": step(scattered, X.copy(), mask, X, X, X),
        "inner": step(outer, X, into=[inner]),
        "no arguments": step(nothing),
        "broadcast": step(no_loops, X, T, ask={"squared": "shape", "a2": "平方和"}, graph=True),
        "in place": step(pads, np.ones((2, 3))),
        "error": step(fails, X),
        "cut": step(sums, np.ones((2, 60, 64))),
        "too large": step(look, np.zeros((400, 500))),
    }


@pytest.fixture(scope="module")
def chinese():
    with speaking("zh"):
        return recordings()


def names_of(steps):
    """Return the words of the source, the names of the variables, and Python's own message of an error."""
    source = [text for program in steps._recording.programs for _, text in program.source]
    names = [name for frame in steps.frames for name in frame.values]
    return set(WORD.findall("\n".join([*source, *names, steps.name, steps.title, *(f.error for f in steps.frames)])))


def english(text, steps):
    return set(WORD.findall(text)) - names_of(steps) - PYTHON


def fields(sentence):
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


@pytest.mark.parametrize("package", PACKAGES)
def test_the_tables_have_the_same_keys_and_fields(package):
    english, *others = (table(package, language) for language in LANGUAGES)
    for other in others:
        assert list(other) == list(english)
        assert {key: fields(text) for key, text in other.items()} == {k: fields(t) for k, t in english.items()}


@pytest.mark.parametrize("package", PACKAGES)
def test_the_chinese_table_holds_no_english(package):
    for text in table(package, "zh").values():
        assert set(WORD.findall(re.sub(r"\{\w+\}", "", text))) <= KEYS


def test_the_calls_hold_frames_of_every_kind(chinese):
    frames = [frame for steps in chinese.values() for frame in steps.frames]
    assert {frame.kind for frame in frames} == {"call", "line", "return", "error"}
    assert any(frame.test is not None for frame in frames)
    assert any(frame.broadcast for frame in frames)
    assert any(frame.loop for frame in frames)
    assert any(frame.depth for frame in frames)
    assert chinese["cut"]._recording.remark == "只显示前 300 步；调用一直运行到了结束。"


def test_frames_and_their_text_hold_no_english(chinese):
    for steps in chinese.values():
        assert not english(str(steps), steps)


def test_key_frames_and_the_data_hold_no_english(chinese):
    for steps in chinese.values():
        page = steps._repr_html_()
        static = re.sub(r"<(script|style)>.*?</\1>", "", page, flags=re.S)
        assert not english(html.unescape(re.sub(r"<[^>]*>", " ", static)).replace("nbsp", ""), steps)
        data = data_of(page)
        said = [data["remark"], *(frame["s"] for frame in data["frames"])]
        said += [frame["ask"]["q"] for frame in data["frames"] if "ask" in frame]
        stretched = [frame["b"] for frame in data["frames"] if "b" in frame]
        said += [operand["t"] for view in stretched for operand in (view, *view["o"])]
        assert not english("\n".join(said), steps)
        assert page.startswith('<div class="cs-step" lang="zh">')


def test_the_sentences_of_the_frames(chinese):
    assert [frame.say for frame in chinese["branches"].frames] == [
        "第 1 行：调用 branches，传入 x (4, 3) 和 k = 1.00。",
        "第 3 行（i = 0）：条件为 False；读取了 x[0, 0]。",
        "第 3 行（i = 1）：条件为 True；读取了 x[1, 0]。",
        "第 4 行（i = 1）：x[1, :] 写入 3 个数。",
        "第 5 行：total 变为 57.0；读取了 x。",
        "第 6 行：x 变为形状 (4, 3) 的数组。",
        "第 7 行：返回 x (4, 3) 和 total = 57.0；读取了 x。",
    ]
    assert chinese["inner"].frames[2].say == "inner 的第 2 行：y 变为形状 (4, 3) 的数组；读取了 x。"
    assert chinese["error"].frames[-1].say.startswith("第 2 行：因 IndexError: index 99")
    assert repr(chinese["broadcast"]) == "逐步运行 no_loops：共 6 步，返回 (4, 5)"


SHOWN = re.compile(  # what JavaScript shows as it stands: a name, a tooltip, a text
    r"""label\([\w.]+, ["'`]([^"'`]*)|(?:title|label|textContent) = ["'`]([^"'`]*)"""
    r"""|make\("\w+", "[^"]*", \w+, ["'`]([^"'`]*)|text\w*: ["'`]([^"'`]*)"""
)


def texts_shown(code):
    return [text for found in SHOWN.findall(code) for text in found if WORD.search(re.sub(r"\$\{.*", "", text))]


def test_the_script_has_no_text_of_its_own():
    assert not texts_shown(modules())
    planted = ['label(box, "wide array");', 'make("b", "", row, `line ${n}`);', 'row.title = "go";']
    assert [text for line in planted for text in texts_shown(line)] == ["wide array", "line ${n}", "go"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_of_the_script_is_in_the_table(language):
    words = table("cs231n_lib.step", language)
    code = without_comments(modules())
    said = re.findall(r'\bsay\("(\w+)"(.)', code)
    assert len(said) > 50
    assert len(said) == len(re.findall(r"\bsay\(", code)) - 1  # each by its key; one is the function itself
    assert {key for key, next_one in said if fields(words[key])} == {key for key, next_one in said if next_one == ","}
    assert not [key for key, _ in said if re.search(r"[\"'<>\\]", words[key])]
    assert all(words[key] in script(language) for key, _ in said)


def test_the_page_keeps_the_language_of_the_call(chinese, monkeypatch):
    page = chinese["inner"]._repr_html_()
    monkeypatch.setenv(VARIABLE, "en")
    assert chinese["inner"].at(1)._repr_html_() == page
    monkeypatch.setenv(VARIABLE, "zh")
    assert step(outer, X, into=[inner])._repr_html_() == page


def test_english_is_spoken_where_nothing_is_said(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    steps = step(branches, X.copy(), 1.0)
    assert steps.frames[0].say == "line 1: branches is called with x (4, 3) and k = 1.00."
    assert not re.search("[\u4e00-\u9fff]", steps._repr_html_())
    assert " lang=" not in steps._repr_html_().partition(">")[0]


def test_a_block_speaks_its_language_and_ends_it(monkeypatch):
    monkeypatch.setenv(VARIABLE, "en")
    with speaking("zh"):
        assert spoken() == "zh"
        assert spoken("en") == "en"
        with speaking():
            assert spoken() == "zh"
    assert spoken() == "en"


def test_an_unknown_language_is_refused(monkeypatch):
    monkeypatch.setenv(VARIABLE, "fr")
    with pytest.raises(ValueError, match="CS231N_LANGUAGE is 'fr'; use one of en, zh"):
        step(inner, X)
    with pytest.raises(ValueError, match="language is 'de'"), speaking("de"):
        pass


def test_the_word_language_stays_free_for_the_function():
    def greet(language, title_of=None):
        text = language
        return text

    assert step(greet, language="fr").result == "fr"


def test_the_questions_of_the_examples_are_translated():
    known = table("cs231n_lib.step", "zh_examples")
    asked = set()
    for name in examples():
        if name != "nt_xent":  # which loads torch
            asked |= set(example(name)._ask.values())
    assert asked - set(known) == {"shape"}
    with speaking("zh"):
        assert example("rnn_step_forward")._ask == {"next_h": "a 的 tanh"}
    assert set(known) - asked == {"the entry of its twin"}


def mean_of_dout(dout, cache):
    x, w, _ = cache
    db = dout.mean(axis=0)
    return (dout @ w.T).reshape(x.shape), x.reshape(len(x), -1).T @ dout, db


def test_a_report_hands_its_language_on_to_the_steps():
    known = exercise("affine_backward")
    subject = Subject(mean_of_dout, None, known.returns, patched(known, ()).companions)
    titles = "你的版本", "一个正确的版本"
    place = next(p for one in known.cases() if (p := beside(known, subject, one, titles, 10, "zh")))
    assert place.both.left.frames[place.step - 1].say.startswith("第 3 行：db 变为")
    assert {steps._recording.language for steps in (place.both.left, place.both.right)} == {"zh"}
    assert spoken() == "en"


def test_show_speaks_chinese(monkeypatch):
    pytest.importorskip("ipywidgets")
    import ipywidgets
    import matplotlib.pyplot as plt

    from cs231n_lib.show import explore

    def draw(k):
        figure, axes = plt.subplots(figsize=(1, 1))
        axes.plot([0, k])
        return figure

    made = explore(draw, "k = {k}", k=ipywidgets.IntSlider(3))
    assert repr(made) == "<exploration: k = 3>"
    monkeypatch.setenv(VARIABLE, "zh")
    assert repr(made) == "<交互图：k = 3>"
