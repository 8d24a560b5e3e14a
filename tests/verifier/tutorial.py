"""The tutorial of the SDK as a reader follows it: its fenced blocks, and a house to follow it in."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import httpx2
from typer.testing import CliRunner

from machtigen.__main__ import cli
from tests.machtigen.connected import ConnectedHouse, free_port
from tests.machtigen.token_flow import action_of, form_of

README = Path(__file__).parents[2] / "machtigen" / "verifier" / "README.md"


@dataclass(frozen=True)
class Block:
    """One fenced block: its language, its text, and the line in the README that it starts at."""

    language: str
    text: str
    line: int


def blocks(language: str) -> list[Block]:
    """All fenced blocks of this language, in order."""
    text = README.read_text("utf-8")
    return [
        Block(found[1], found[2], text[: found.start(2)].count("\n") + 1)
        for found in re.finditer(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
        if found[1] == language
    ]


def follow(house: ConnectedHouse, workplace: Path) -> None:
    """Steps 1 and 2: the commands of the tutorial, in `workplace`, against this house.

    The addresses and the key file of the text are those of `scripts/run`; here they are the house's.
    """
    here = {
        "http://127.0.0.1:8000": house.origin,
        "data/beheer.jwk": str(house.operator_key),
        ":8765/": f":{free_port()}/",
        "mijn-dienst": str(workplace / "mijn-dienst"),
        "\\\n": "",
    }
    _install, connect, example = (block.text for block in blocks("sh"))
    for text, own in here.items():
        assert text in connect + example, text
        connect, example = connect.replace(text, own), example.replace(text, own)
    arguments = shlex.split(connect)
    assert arguments[:3] == [".venv/bin/python", "-m", "machtigen"]
    result = CliRunner().invoke(cli, arguments[3:])
    assert result.exit_code == 0, result.output
    arguments = shlex.split(example)
    assert arguments[0] == ".venv/bin/python"
    log_in(house, [sys.executable, *arguments[1:]])


def log_in(house: ConnectedHouse, command: list[str]) -> None:
    """Start the example and be Noor, who comes for herself."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as example:
        assert example.stdout is not None
        try:
            told = ""
            while "http" not in told:
                line = example.stdout.readline()
                assert line, told
                told += line
            with house.browser("noor") as browser:
                come_back(browser, told.split()[-1])
            rest = example.stdout.read()
            assert example.wait(timeout=30) == 0, rest
        finally:
            example.kill()


def come_back(browser: httpx2.Client, url: str) -> None:
    """Through machtigen's pages and back to the service."""
    answer = browser.get(url)
    while answer.is_redirect:
        answer = browser.get(answer.headers["location"])
    answer = browser.post(action_of(answer), data=form_of(answer, namens="zelf"))
    browser.get(answer.headers["location"])
