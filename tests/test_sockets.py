"""The guard of `tests/sockets.py`: a test that reaches for another machine fails."""

from __future__ import annotations

import socket

import httpx2
import pytest

from tests.sockets import NetworkBlocked

ELSEWHERE = "192.0.2.1"  # RFC 5737: nobody's


def test_a_test_cannot_connect_to_another_machine() -> None:
    with socket.socket() as own:
        with pytest.raises(NetworkBlocked, match=ELSEWHERE):
            own.connect((ELSEWHERE, 443))
        with pytest.raises(NetworkBlocked):
            own.connect_ex((ELSEWHERE, 443))


def test_a_test_cannot_send_a_datagram_to_another_machine() -> None:
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as own, pytest.raises(NetworkBlocked):
        own.sendto(b"x", 0, ("2001:db8::1", 53))


@pytest.mark.parametrize("host", ["example.nl", ELSEWHERE, b"example.nl", "127.0.0.1.example.nl"])
def test_a_test_cannot_look_up_another_machine(host: str | bytes) -> None:
    with pytest.raises(NetworkBlocked):
        socket.getaddrinfo(host, 443)


def test_the_http_client_that_we_use_is_stopped_too() -> None:
    with pytest.raises(NetworkBlocked):
        httpx2.get("https://example.nl/")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.9.9.9"])
def test_loopback_is_allowed(host: str) -> None:
    with socket.create_server((host, 0)) as server, socket.create_connection(server.getsockname()) as own:
        assert own.getpeername() == server.getsockname()


@pytest.mark.slow
def test_a_test_that_says_so_may_try() -> None:
    with socket.socket() as own:
        own.settimeout(0.01)
        with pytest.raises(OSError):
            own.connect((ELSEWHERE, 443))
