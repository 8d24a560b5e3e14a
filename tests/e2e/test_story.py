"""scripts/demo.py plays the main story against both ways of starting, and notices what differs."""

from __future__ import annotations

import re

import httpx2
import pytest
from clock import installation_clock
from operating import Operator

from tests.e2e.conftest import MODES
from tests.e2e.playing import demo
from tests.e2e.system import System

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
both = pytest.mark.parametrize("server", MODES, indirect=True)
_told: dict[str, str] = {}


def without_ports(text: str) -> str:
    """The output but for ports."""
    return re.sub(r"(127\.0\.0\.1):\d+", r"\1:PORT", text)


@both
def test_the_story_goes_as_told_and_the_same_in_both_ways(server: System) -> None:
    """Exit code 0, all eight steps, nothing on standard error; the output of both ways is the same."""
    done = demo(server.base, server.data)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.findall(r"^(\d)  ", done.stdout, re.MULTILINE) == list("122345667788")
    assert "All steps went as told." in done.stdout
    _told["separate" if server.separate else "together"] = without_ports(done.stdout)
    if set(_told) == set(MODES):
        assert _told["together"] == _told["separate"]


@both
def test_a_register_that_was_paused_before_is_noticed(server: System) -> None:
    """Noor's records are then not those of five registers: exit code 1, one sentence, and it ends there."""
    with httpx2.Client(timeout=30) as http:
        operator = Operator(server.endpoints, server.data / "beheer.jwk", http, installation_clock())
        operator.tell("rechten", "/api/v1/beheer/registers/diplomaregister/pauzeren", {})
        try:
            done = demo(server.base, server.data)
        finally:
            operator.tell("rechten", "/api/v1/beheer/registers/diplomaregister/hervatten", {})
    assert done.returncode == 1
    assert done.stderr == "The story went differently: the records of five registers.\n"
    assert "All steps went as told." not in done.stdout
    assert "\n8  " not in done.stdout
