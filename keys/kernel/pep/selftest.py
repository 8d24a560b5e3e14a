"""Known-answer test at start: a libsodium that computes something else must not be used.

The values are rows of the project's test vectors, checked against an independent implementation
(libpep), and of RFC 9496 appendix A.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

from keys.kernel.pep.errors import PepError

if TYPE_CHECKING:
    from keys.kernel.pep.group import Group

GENERATOR_TWICE = bytes.fromhex("6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919")
Y_SECRET = bytes.fromhex("71d01d1407cf4653deb7dd1f9750c3c95211cd7510867bd826ee1301c615b803")
Y_PUBLIC = bytes.fromhex("34eb18e2e24dcf44fbb8b33fe2198cab98d784f13d76a1ea95299b384ff73c1a")
UNIFORM = bytes.fromhex(
    "8ec6fd7117b2d36b11f1750cb5c3ea9c75e5fef6d6c5a354a849f5deda7230d4"
    "feb45a135b53e7635ca48d4b2904e2d63216b507d24eaf9fccffd282e88cd10b"
)
MAPPED = bytes.fromhex("0ab819206c6e5eaa29b5b14a680892ce34f4b220070293ebd31ec35e1d6ef23e")
SHUFFLE = bytes.fromhex("cfb45ca7d07ba25b6bab4a1665e39e60870a15d78131b43c9b71b64a02106207")
SHUFFLED = bytes.fromhex("46f3e82db133c69979795905d38af76fbedfea21a90aa6c34fabac6d236e6a5c")
FACTOR_SECRET = bytes.fromhex("2b43cd55ca682e2fe19711dd67237caaa66a2673c46893c740152203536fc6ed")
FACTOR_MESSAGE = b"\x00\x00\x00\x03oin:00000000|doel:0"
FACTOR = bytes.fromhex("f1fd7bc8957f12727c89fe402b0685e3b9fe307cca1398f3a5a85dc16990080a")
BAD_ENCODINGS = (  # RFC 9496 appendix A.2: not below p; negative; x squared is no square; t negative
    "f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
    "3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e",
)


def run(group: Group) -> None:
    """Raise PepError `libsodium-wrong` unless every known answer comes out."""
    one = b"\x01" + bytes(31)
    generator = group.mul_base(one)
    factor = hmac.new(FACTOR_SECRET, FACTOR_MESSAGE, hashlib.sha512).digest()
    answers = (
        (group.add(generator, generator), GENERATOR_TWICE),
        (group.mul_base(Y_SECRET), Y_PUBLIC),
        (group.from_hash(UNIFORM), MAPPED),
        (group.mul(SHUFFLE, MAPPED), SHUFFLED),
        (group.subtract(GENERATOR_TWICE, generator), generator),
        (group.scalar_mul(Y_SECRET, group.scalar_invert(Y_SECRET)), one),
        (group.reduce(factor), FACTOR),
    )
    if any(got != expected for got, expected in answers):
        raise PepError("libsodium-wrong", "libsodium fails the known-answer test")
    for text in ("00" * 32, *BAD_ENCODINGS):
        if not _refuses(group, bytes.fromhex(text)):
            raise PepError("libsodium-wrong", "libsodium accepts a bad encoding")


def _refuses(group: Group, encoding: bytes) -> bool:
    try:
        group.check_point(encoding)
    except PepError:
        return True
    return False
