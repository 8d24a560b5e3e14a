"""Play the main story against a running server: scripts/demo.py --base URL [--data DIR]

Eight steps over HTTP, with Authlib's OpenID client as the service. The packages are found by
`/endpoints.json` at the base address. Exits with 1 when any step differs from what it should be.
With --data it ends with a table of what each database knows about Noor; the folder is also where the
keys of the demo services are (without it: the default folder of scripts/run).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(Path(__file__).resolve().parent), str(ROOT)]

import httpx2
from authlib.integrations.httpx_client import OAuthError
from clock import installation_clock
from operating import CallFailed
from rich.console import Console
from story.knowledge import WrongFolder, as_table, differences, survey
from story.steps import Story, StoryFailed
from visitor import UnexpectedAnswer

from machtigen.verifier import CouldNotCheck, InvalidEvidence


def find_packages(base: str, http: httpx2.Client) -> dict[str, str]:
    """The addresses of all packages. A separate start lists them at the first port too."""
    document: dict[str, str] = http.get(f"{base.rstrip('/')}/endpoints.json").raise_for_status().json()
    missing = {"identiteit", "machtigen", "rechten", "keys"} - document.keys()
    if missing:
        raise StoryFailed(f"/endpoints.json does not name {', '.join(sorted(missing))}")
    return document


def play(base: str, data: Path, console: Console, *, table: bool) -> None:
    """The whole story. Raises StoryFailed, UnexpectedAnswer and what clients raise."""
    with httpx2.Client(timeout=30) as http:
        story = Story(
            find_packages(base, http),
            data,
            http,
            installation_clock(),
            lambda number, text: console.print(f"{number}  {text}", markup=False),
        )
        story.play()
    if table:
        found = survey(data, "noor", story.machtiging, story.records)
        console.print(as_table(found))
        wrong = differences(found)
        if wrong:
            raise StoryFailed("; ".join(wrong))
        console.print(
            "Identifying data stand in identiteit only; no two databases know Noor by the same key."
        )
    console.print("All steps went as told.")


def main() -> int:
    """Play; gives the exit code."""
    parser = argparse.ArgumentParser(prog="scripts/demo.py", description="Play the main story over HTTP.")
    parser.add_argument("--base", required=True, help="address that scripts/run prints")
    parser.add_argument("--data", type=Path, help="data folder of that server, for the closing table")
    chosen = parser.parse_args()
    data = chosen.data or ROOT / "data"
    console = Console(highlight=False, soft_wrap=True)
    failure = Console(stderr=True, highlight=False, soft_wrap=True)
    if not (data / "demo-clients").is_dir():
        failure.print(f"No demo services in {data}: name the data folder of the server with --data.")
        return 2
    try:
        play(chosen.base, data, console, table=chosen.data is not None)
    except (StoryFailed, WrongFolder, UnexpectedAnswer, CallFailed, InvalidEvidence, CouldNotCheck) as error:
        reason = getattr(error, "code", None) or error
        failure.print(f"The story went differently: {reason}.", markup=False)
        return 1
    except (httpx2.HTTPError, OAuthError) as error:
        failure.print(f"The server did not answer as it should ({type(error).__name__}).", markup=False)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
