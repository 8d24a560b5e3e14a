"""The operator's commands that every package has: refuse in one sentence, and serve with upkeep beside it."""

from __future__ import annotations

import contextlib
import gc
import threading
from collections.abc import Callable
from typing import Any, TypeVar

import typer
import uvicorn
from pydantic import ValidationError
from pydantic_settings import BaseSettings
from sqlalchemy.exc import SQLAlchemyError

from keys.kernel.log import UNEXPECTED, Log
from keys.kernel.starting.settings import sentence

T = TypeVar("T")

UPKEEP_PAUSE_S = 0.5
STOPPING_S = 10


def or_exit(package: str, settings: type[BaseSettings], make: Callable[[], T]) -> T:
    """What `make` gives. A start that cannot be is one sentence on standard error, and exit code 2.

    The sentence names variables and files, and holds no value of a setting.
    """
    try:
        return make()
    except ValidationError as error:
        told = sentence(settings, error)
    except SQLAlchemyError:
        told = "a database does not answer, or is not what its address says"
    except OSError as error:
        told = f"{error.filename} cannot be used ({error.strerror})"
    except (RuntimeError, ValueError) as error:
        told = str(error)
    typer.echo(f"{package} cannot start: {' '.join(told.split())}", err=True)
    raise typer.Exit(2)


def spare_what_stays() -> None:
    """What a start made stays until the end: the garbage collector need not walk through all of it again and
    again while requests wait. To be called once, when all is built."""
    gc.collect()
    gc.freeze()


def serve_with_upkeep(app: Any, host: str, port: int, log: Log) -> None:
    """Serve an app until it is stopped; `app.state.upkeep` runs beside it, every half second.

    A round of upkeep that fails is logged, and the next one comes all the same.
    """
    stopping = threading.Event()

    def keep_up() -> None:
        while not stopping.wait(UPKEEP_PAUSE_S):
            try:
                app.state.upkeep()
            except Exception as error:  # noqa: BLE001 - a round that fails must not end all rounds
                with contextlib.suppress(ValueError):  # while it stops, the log may be closed already
                    log.emit(UNEXPECTED, error=type(error).__name__, place="upkeep")

    worker = threading.Thread(target=keep_up, name="upkeep", daemon=True)
    worker.start()
    spare_what_stays()
    try:
        uvicorn.run(app, host=host, port=port, access_log=False, proxy_headers=False, server_header=False)
    finally:
        stopping.set()
        worker.join(timeout=STOPPING_S)
