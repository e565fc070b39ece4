"""The player's script: its modules joined, and the sentences that they say in one language."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files

from ..language import table
from .modules import join, squeeze, squeeze_style

# How a page calls the player; the root element is the parent of the script that is running.
ROOT = '(document.currentScript||document.querySelector(".cs-step:not(.live)>script")).parentNode'
PLAYER = re.compile(r"<style>[^<]*</style><script>(?:(?!</script>).)*?" + re.escape(f"({ROOT},"), re.DOTALL)
PLAIN = re.compile(r'\bsay\("(\w+)"\)')  # the call of a sentence without fields
FIELDED = re.compile(r'\bsay\("(\w+)", ')


def element(language: str, data: str) -> str:
    """Return style and script of a page that plays these data, JSON text in which no `</` stands."""
    return f"<style>{style()}</style><script>({script(language)})({ROOT},{data})</script>"


def without_player(page: str) -> str:
    """Return a page with a mark in the place of each player, its style and its script: what is played remains."""
    return PLAYER.sub("[player](", page)


def players(page: str) -> list[str]:
    """Return the players in a page, with their style."""
    return PLAYER.findall(page)


@cache
def script(language: str) -> str:
    """Return the player's function of a root element and its data."""
    return squeeze(f'function (root, data) {{\n"use strict";\n{worded(modules(), table(__package__, language))}}}')


@cache
def modules() -> str:
    """Return the player's modules as one text."""
    folder = files(__package__).joinpath("player")
    return join(lambda name: folder.joinpath(name).read_text(encoding="utf-8"), "player.js")


def worded(code: str, sentences: dict[str, str]) -> str:
    """Put the sentences that have no fields in the place of say("key"), and play with a table of the others."""
    code = PLAIN.sub(lambda call: as_literal(sentences[call[1]]), code)
    others = {key: sentences[key] for key in FIELDED.findall(code)}
    return f"{code}play(root, data, {as_literal(others)});\n"


def as_literal(value: object) -> str:
    """Write a value as JavaScript that may stand in a page."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")


@cache
def style() -> str:
    """Return the player's style sheet."""
    return squeeze_style(files(__package__).joinpath("step.css").read_text(encoding="utf-8"))
