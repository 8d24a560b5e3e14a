"""Known-answer tests at start, beside those of the group: factor, hop and proof.

What is computed must be what an independent implementation (libpep) computed from the same bytes, and
what is proven must be judged rightly: a process that fails one of these does not serve. The row is one
of the project's test vectors; the proof was made once over it.
"""

from __future__ import annotations

from dataclasses import replace

from keys.kernel.pep import selftest
from keys.kernel.pep.errors import PepError
from keys.kernel.pep.group import group
from keys.kernel.pep.names import Context, Domain
from keys.kernel.pep.proof import HopStatement, prove_hop, verify_hop
from keys.pseudonyms import derive, transcrypt
from keys.pseudonyms.derive import ENCRYPTION, PSEUDONYM, quotient

SECRET = bytes.fromhex("2b43cd55ca682e2fe19711dd67237caaa66a2673c46893c740152203536fc6ed")
NAME = b"oin:00000000|doel:0"
SHUFFLE = bytes.fromhex("f1fd7bc8957f12727c89fe402b0685e3b9fe307cca1398f3a5a85dc16990080a")
REKEY = bytes.fromhex("f35afe769b582ccb6626b85cb824324ee162767ad04485cadeee7b85ccb42200")
S = bytes.fromhex("cfb45ca7d07ba25b6bab4a1665e39e60870a15d78131b43c9b71b64a02106207")
K = bytes.fromhex("0a5a00d923ef8d305f9cb8db4846daa71f6ca9f72f23613d65f7e92b9913ba01")
R = bytes.fromhex("d93f04c5ebe9ea5e52087a420fdc5549950871c3e9ff38e87324d231eb3bed0f")
KEY_IN = bytes.fromhex("34eb18e2e24dcf44fbb8b33fe2198cab98d784f13d76a1ea95299b384ff73c1a")
ITEM = bytes.fromhex(
    "30e682863b3e456c2258f1cb34620bad9b3cfa77a663c811a49c45f8ca93ef3c"
    "5e31e001895e3db691f34ee21e93ce797b5ec12abdaa690b252179ff364b9802"
)
TRANSLATED = bytes.fromhex(
    "fa3da8b0bb35ab1742f0cde2e361e60291f92f7e013799729087c7bff870e933"
    "e2ac70a58272e4ab8b0c72532d82e2af367ef3ae44dcfa55b12bcc35dda1cc7c"
)
PROOF = bytes.fromhex(
    "2157424455e066740b454a530a56d18bdbd955d13c3053076e92bd713a00150f"
    "e57b9d78a07b0c60e67974feb1b3f0feeaeba301ff0ca74c7f44a5d9c984500a"
    "35e8ef3b49138cb68b796b4f9281d6f1f942ef72e5e72676ea23acbb35326e07"
    "5b00fae0a78c74cc283a38d352dba5d34554c47c66311026c77c530befdf0d0b"
)


class WrongAnswer(Exception):
    """This machine computes something else; the text is one sentence for the operator."""


def run() -> None:
    """Raise WrongAnswer unless every known answer comes out, those of the group among them."""
    try:
        selftest.run(group())
    except PepError as error:
        raise WrongAnswer(str(error)) from error
    if derive.factor(SECRET, PSEUDONYM, NAME) != SHUFFLE or derive.factor(SECRET, ENCRYPTION, NAME) != REKEY:
        raise WrongAnswer("factors fail their known-answer test: HMAC-SHA512 computes something else")
    u = quotient(S, K)
    rho = group().scalar_mul(u, R)  # rerandomising by R before the hop is this after it
    key_out = group().mul(K, KEY_IN)
    if transcrypt.hop(ITEM, S, u, key_out, rho) != TRANSLATED:
        raise WrongAnswer("the hop fails its known-answer test: it computes something else")
    context = Context(Domain("oin:00000001003214345000:een", "proef", 1), 1)
    statement = HopStatement(
        context, replace(context, epoch=2), ("12", "13"), "bekend-antwoord-0001",
        group().mul_base(S), group().mul_base(u), KEY_IN, key_out, [ITEM], [TRANSLATED],
    )  # fmt: skip
    other = replace(statement, outputs=[ITEM])
    fresh = prove_hop(statement, S, u, [rho])
    judged = [verify_hop(proof, one) for one in (statement, other) for proof in (PROOF, fresh)]
    if judged != [True, True, False, False]:
        raise WrongAnswer("the proof of a hop fails its known-answer test: it is judged wrongly")
