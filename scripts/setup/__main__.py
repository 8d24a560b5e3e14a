"""Make this machine ready, with the standard library only: `python3 scripts/setup run|check|test`.

run    the virtual environment with what the server needs, and libsodium
check  that, and the tools of developers
test   that, a browser and SoftHSM2; prints on standard output, one per line, what had to be left out of the
       tests (comma-separated, or an empty line) and the path of the browser (or an empty line)

Progress goes to standard error. Exit code 2 with one sentence when the machine cannot be made ready.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - this file is what tells the operator so
    raise SystemExit("machtigen needs Python 3.11 or newer.")

import browser
import environment
import sodium
import softhsm
from telling import SetupError, step

ROOT = Path(__file__).resolve().parents[2]


def prepare(purpose: str) -> None:
    """The virtual environment and libsodium for `purpose`; quick when all is there already."""
    wanted = {"server"} if purpose == "run" else {"server", "dev"}
    if not sodium.make_available():
        wanted.add("rbcl")
    environment.bring_in_step(ROOT, frozenset(wanted))


def report_for_tests() -> None:
    """Find or install a browser and SoftHSM2; print what tests must be left out, and the browser."""
    left_out = environment.missing_for_tests(ROOT)
    chromium = browser.find_or_install(environment.python_of(ROOT))
    if chromium is None:
        left_out["browser"] = browser.WHY
    if not softhsm.make_available():
        left_out["hsm"] = softhsm.WHY
    for name, why in left_out.items():
        step(f"!! LEFT OUT: the {name} tests. {why}")
    if left_out and os.environ.get("CI", "").lower() not in {"", "0", "false"}:
        raise SetupError("CI is set, so no test may be left out.")
    sys.stdout.write(",".join(left_out) + "\n" + (chromium or "") + "\n")


def main(arguments: list[str]) -> int:
    """Do what the one argument says; gives the exit code."""
    if arguments not in (["run"], ["check"], ["test"]):
        sys.stderr.write(__doc__ or "")
        return 2
    try:
        prepare(arguments[0])
        if arguments == ["test"]:
            report_for_tests()
    except SetupError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
