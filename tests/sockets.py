"""Tests stay on this machine: whoever reaches for another one gets an error that names it."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import pytest


class NetworkBlocked(RuntimeError):
    """A test tried to reach another machine. No OSError: code that copes with outages must not hide it."""


def is_local(family: int, address: Any) -> bool:
    """Whether an address of `socket.connect` stays on this machine."""
    if family == socket.AF_UNIX:
        return True
    if family not in (socket.AF_INET, socket.AF_INET6) or not isinstance(address, tuple):
        return False
    return _is_loopback(address[0])


def _is_loopback(host: Any) -> bool:
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):  # getaddrinfo takes None and "" for this machine
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def block(patch: pytest.MonkeyPatch) -> None:
    """Let sockets connect, send and look up names on this machine only, until `patch` is undone."""
    for verb in ("connect", "connect_ex"):
        patch.setattr(socket.socket, verb, _guarded(getattr(socket.socket, verb)))
    patch.setattr(socket.socket, "sendto", _guarded(socket.socket.sendto))
    look_up = socket.getaddrinfo

    def local_names_only(host: Any, *arguments: Any, **named: Any) -> Any:
        if not _is_loopback(host):
            raise NetworkBlocked(f"a test looked up {host!r}")
        return look_up(host, *arguments, **named)

    patch.setattr(socket, "getaddrinfo", local_names_only)


def _guarded(verb: Any) -> Any:
    def stay_here(own: socket.socket, *arguments: Any) -> Any:
        if not is_local(own.family, arguments[-1]):
            raise NetworkBlocked(f"a test reached for {arguments[-1]!r}")
        return verb(own, *arguments)

    return stay_here
