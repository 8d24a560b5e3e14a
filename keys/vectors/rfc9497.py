"""Entries of RFC 9497 appendix A for ristretto255-SHA512: OPRF (mode 0) and VOPRF (mode 1)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from keys.kernel.pep.group import POINT_BYTES, SCALAR_BYTES, group
from keys.kernel.pep.hashing import hash_to_group, hash_to_scalar
from keys.pseudonyms.dleq import PROOF_BYTES, Statement, prove, verify
from keys.vectors.reading import Malformed, items, octets, octets_of

IDENTIFIER = "ristretto255-SHA512"
FIELDS = frozenset({"groupDST", "hash", "identifier", "keyInfo", "mode", "seed", "skSm", "vectors"})
VECTOR_FIELDS = frozenset({"Batch", "Blind", "BlindedElement", "EvaluationElement", "Input", "Output"})


@dataclass(frozen=True)
class _Protocol:
    context: bytes
    secret: bytes
    public: bytes


def fields_of(row: dict[str, Any]) -> frozenset[str]:
    """The fields that an entry of this mode has."""
    return FIELDS | ({"pkSm"} if row.get("mode") == 1 else set())


def check_entry(row: dict[str, Any]) -> list[str]:
    """Names of the fields that differ. Raises Malformed or PepError when it cannot be computed."""
    mode = row["mode"]
    known = type(mode) is int and mode in {0, 1}
    if not known or row["identifier"] != IDENTIFIER or row["hash"] != "SHA512":
        raise Malformed("mode, identifier or hash is not one of ours")
    context = b"OPRFV1-" + bytes([mode]) + b"-" + IDENTIFIER.encode()
    secret = derive_key(octets(row, "seed", 32), octets(row, "keyInfo"), context)
    protocol = _Protocol(context, secret, group().mul_base(secret))
    differing = []
    if octets(row, "groupDST") != b"HashToGroup-" + context:
        differing.append("groupDST")
    if octets(row, "skSm", SCALAR_BYTES) != secret:
        differing.append("skSm")
    if mode == 1 and octets(row, "pkSm", POINT_BYTES) != protocol.public:
        differing.append("pkSm")
    for number, vector in enumerate(items(row, "vectors")):
        differing += [f"vectors[{number}].{name}" for name in _check_vector(vector, protocol, mode == 1)]
    return differing


def derive_key(seed: bytes, info: bytes, context: bytes) -> bytes:
    """DeriveKeyPair of RFC 9497 section 3.2.1: the secret scalar."""
    for counter in range(256):
        message = seed + len(info).to_bytes(2, "big") + info + bytes([counter])
        secret = hash_to_scalar(message, b"DeriveKeyPair" + context)
        if secret != bytes(SCALAR_BYTES):
            return secret
    raise Malformed("no key follows from this seed")


def _check_vector(vector: Any, protocol: _Protocol, verifiable: bool) -> list[str]:
    wanted = VECTOR_FIELDS | ({"Proof"} if verifiable else set())
    if not isinstance(vector, dict) or vector.keys() != wanted:
        raise Malformed("a vector lacks a field or has an unknown one")
    columns = {
        "Blind": _batch(vector, "Blind", SCALAR_BYTES),
        "BlindedElement": _batch(vector, "BlindedElement", POINT_BYTES),
        "EvaluationElement": _batch(vector, "EvaluationElement", POINT_BYTES),
        "Input": _batch(vector, "Input", None),
        "Output": _batch(vector, "Output", 64),
    }
    batch = vector["Batch"]
    if type(batch) is not int or any(len(column) != batch for column in columns.values()):
        raise Malformed("Batch does not say how many there are")
    differing: list[str] = []
    for number in range(batch):
        computed = _compute(columns["Input"][number], columns["Blind"][number], protocol)
        differing += [name for name, value in computed.items() if columns[name][number] != value]
    if verifiable:
        statement = Statement(
            protocol.public, columns["BlindedElement"], columns["EvaluationElement"], protocol.context
        )
        differing += _check_proof(vector["Proof"], statement, protocol.secret)
    return differing


def _compute(message: bytes, blind: bytes, protocol: _Protocol) -> dict[str, bytes]:
    group().check_scalar(blind)
    blinded = group().mul(blind, hash_to_group(message, b"HashToGroup-" + protocol.context))
    evaluated = group().mul(protocol.secret, blinded)
    unblinded = group().mul(group().scalar_invert(blind), evaluated)
    prefixed = [len(part).to_bytes(2, "big") + part for part in (message, unblinded)]
    output = hashlib.sha512(b"".join(prefixed) + b"Finalize").digest()
    return {"BlindedElement": blinded, "EvaluationElement": evaluated, "Output": output}


def _check_proof(given: Any, statement: Statement, secret: bytes) -> list[str]:
    if not isinstance(given, dict) or given.keys() != {"proof", "r"}:
        raise Malformed("Proof does not hold proof and r")
    proof = octets(given, "proof", PROOF_BYTES)
    r = group().check_scalar(octets(given, "r", SCALAR_BYTES))
    holds = prove(statement, secret, r) == proof and verify(statement, proof)
    return [] if holds else ["Proof"]


def _batch(vector: dict[str, Any], name: str, length: int | None) -> list[bytes]:
    value = vector[name]
    if not isinstance(value, str):
        raise Malformed(f"{name} is not hex")
    return [octets_of(part, name, length) for part in value.split(",")]
