"""The player: its modules are small and joined right, and Node runs the tests of what they compute."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from cs231n_lib.language import LANGUAGES
from cs231n_lib.step.modules import exports, imports, join, squeeze, squeeze_style, top_names, without_comments
from cs231n_lib.step.script import element, modules, players, script, without_player

PLAYER = Path(__file__).parent.parent / "cs231n_lib" / "step" / "player"
TESTS = Path(__file__).parent / "player"
TEXTS = {path.name: path.read_text(encoding="utf-8") for path in sorted(PLAYER.glob("*.js"))}
LONGEST = 150  # lines of a module


# The joiner -------------------------------------------------------------------------------------------------------

TWO = {
    "a.js": 'import { b,\n  c } from "./b.js";\n\nexport function a() {\n  return b() + c;\n}\n',
    "b.js": "export const c = 2;\nexport function b() {\n  return own;\n}\nconst own = 1;\n",
}


def joined(files):
    return join(files.__getitem__, "a.js")


def test_a_module_stands_once_after_those_it_imports():
    files = {
        "a.js": 'import { b } from "./b.js";\nimport { c } from "./c.js";\n// a\n',
        "b.js": 'import { c } from "./c.js";\nexport const b = 1;\n',
        "c.js": "export const c = 2;\n",
    }
    assert joined(files) == "const c = 2;\nconst b = 1;\n// a\n"


def test_what_a_module_declares_imports_and_exports():
    assert top_names(TWO["b.js"]) == ["c", "b", "own"]
    assert exports(TWO["b.js"]) == {"b", "c"}
    assert imports(TWO["a.js"]) == [({"b", "c"}, "b.js")]
    assert joined(TWO).startswith("const c = 2;\nfunction b() {")


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("b.js", 'import { a } from "./a.js";\n' + TWO["b.js"], "a.js imports itself by way of b.js"),
        ("b.js", TWO["b.js"] + "function a() {}\n", "a.js: 'a' is taken by b.js"),
        ("b.js", TWO["b.js"].replace("const c", "const d"), "a.js: b.js exports no c"),
        ("b.js", TWO["b.js"].replace("export const c", "const c"), "a.js: b.js exports no c"),
        ("b.js", TWO["b.js"] + "export default 1;\n", "b.js: 'export default 1;' cannot be joined"),
        ("a.js", 'import * as b from "./b.js";\n', "a.js: .* cannot be joined"),
        ("a.js", 'import { b as d } from "./b.js";\n', "exports no as, d"),
        ("a.js", 'import { b } from "elsewhere";\n', "a.js: .* cannot be joined"),
    ],
)
def test_what_cannot_be_joined_is_refused(name, text, complaint):
    with pytest.raises(ValueError, match=complaint):
        joined({**TWO, name: text})


def test_a_module_that_imports_itself_is_refused():
    with pytest.raises(ValueError, match=r"a\.js imports itself"):
        joined({"a.js": 'import { a } from "./a.js";\nexport const a = 1;\n'})


@pytest.mark.parametrize(
    ("code", "short"),
    [
        ("const a = [1, 2], b = { c: a };\n", "const a=[1,2],b={c:a};"),
        ("if (a) {\n  b();\n} else c();\n", "if(a){b();}else c();"),
        ("x = a - -b + +c - d;\n", "x=a - -b + +c-d;"),
        ("x = a / b / c; // halves\n// all\n/** More,\n * and more. */\ny += 1;", "x=a/b/c;y+=1;"),
        ("s = \"a = b\" + 'c , d' + `${e} ( ${f}`;", "s=\"a = b\"+'c , d'+`${e} ( ${f}`;"),
        ('t.replace(/["\'] , /g, "q") / 2', 't.replace(/["\'] , /g,"q")/2'),
        ("const f = (a) => a ?? { ...b };\nreturn [a];", "const f=(a)=>a??{...b};return[a];"),
        (
            "const f = () => 1;\nfunction g() {\n  return f() && !h;\n}\ng();",
            "const f=()=>1;function g(){return f()&&!h;}\ng();",
        ),
    ],
)
def test_squeezing_keeps_what_counts(code, short):
    assert squeeze(code) == short.rstrip("\n")


def test_comments_go_and_indentation_with_them():
    assert without_comments("/** One,\n * two. */\n  a; // b\n\n  // c\nd: url(//e)\n") == "a;\nd: url(//e)"


def test_a_style_sheet_is_squeezed_too():
    sheet = 'a > b, c:not(.d) {\n  color: rgb(0 0 0 / .5); font: 1px "A B", c;\n}\n// e\n'
    assert squeeze_style(sheet) == 'a > b,c:not(.d){color:rgb(0 0 0 / .5);font:1px "A B",c;}'


# The modules ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TEXTS)
def test_a_module_is_small_and_says_its_job(name):
    assert TEXTS[name].startswith(("// ", "/**"))
    assert len(TEXTS[name].splitlines()) <= LONGEST
    assert max(map(len, TEXTS[name].splitlines())) <= 120


@pytest.mark.parametrize("name", TEXTS)
def test_a_module_imports_what_it_calls_and_calls_what_it_imports(name):
    """Joined they share one scope, where a missing import goes unnoticed."""
    code = re.sub(r"\"[^\"\n]*\"", '""', without_comments(TEXTS[name])).replace("...", " ")
    body = re.sub(r"^import .*?;$", "", code, flags=re.MULTILINE | re.DOTALL)
    used = set(re.findall(r"(?<![.\w])[A-Za-z_]\w*", body))
    imported = set().union(*(names for names, _ in imports(TEXTS[name])))
    elsewhere = set().union(*(top_names(text) for other, text in TEXTS.items() if other != name))
    called = {*re.findall(r"(?<![.\w])([A-Za-z_]\w*)\(", body), *filter(str.isupper, used)}
    local = set(re.findall(r"(?:const|let|function) \[?(\w+)|[(,] (\w+)[,)]", body))
    assert imported <= used
    assert (called & elsewhere) - set(top_names(TEXTS[name])) - {n for pair in local for n in pair} <= imported


def test_every_module_is_used():
    below, left = set(), ["player.js"]
    while left:
        name = left.pop()
        below.add(name)
        left += [source for _, source in imports(TEXTS[name]) if source not in below]
    assert below | {"schema.js"} == set(TEXTS)  # which says what the data are, and holds no code


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_can_hold_the_script(language):
    page = element(language, '{"title":"a"}')
    assert page.count("</script>") == page.count("</style>") == 1
    assert without_player(page) == '[player]({"title":"a"})</script>'
    assert len(players(page)) == 1
    assert not re.search(r"^(?:import|export)\b", script(language), re.MULTILINE)


# In Node ----------------------------------------------------------------------------------------------------------


def find_node():
    """Return the path of Node; skip the test where there is none, or fail it where CS231N_REQUIRE_NODE is set."""
    path = shutil.which("node") or shutil.which("nodejs")
    if path is None and os.environ.get("CS231N_REQUIRE_NODE"):
        pytest.fail("there is no node, and CS231N_REQUIRE_NODE is set")
    if path is None:
        pytest.skip("there is no node; install nodejs to run the tests of the stepper's player")
    return path


@pytest.fixture(scope="module")
def node():
    return find_node()


@pytest.mark.parametrize(("required", "outcome"), [("", pytest.skip.Exception), ("1", pytest.fail.Exception)])
def test_without_node_its_tests_are_skipped_unless_it_is_required(required, outcome, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CS231N_REQUIRE_NODE", required)
    with pytest.raises(outcome, match="there is no node"):
        find_node()


def run(node, *arguments, **variables):
    environment = {**os.environ, **variables}
    return subprocess.run([node, *arguments], capture_output=True, text=True, env=environment, timeout=120)


@pytest.mark.parametrize("form", ["modules", "joined"])
def test_the_player_computes_right(node, form, tmp_path):
    """The modules as they stand, and the text that they become in a page."""
    variables = {}
    if form == "joined":
        names = sorted(set().union(*(exports(text) for text in TEXTS.values())))
        path = tmp_path / "joined.mjs"
        path.write_text(f"{squeeze(modules())}\nexport {{ {', '.join(names)} }};\n", encoding="utf-8")
        variables["PLAYER_JOINED"] = path.as_uri()
    done = run(node, "--test", *map(str, sorted(TESTS.glob("*.test.mjs"))), **variables)
    assert done.returncode == 0, done.stdout + done.stderr
    passed = re.search(r"^\S+ pass (\d+)", done.stdout, re.MULTILINE)
    assert passed and int(passed[1]) > 20


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_script_is_javascript(node, language, tmp_path):
    path = tmp_path / "player.js"
    path.write_text(f"({script(language)});\n", encoding="utf-8")
    done = run(node, "--check", str(path))
    assert done.returncode == 0, done.stderr
