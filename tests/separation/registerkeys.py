"""A register with everything that it has: database and all keys, as colluding departments would hold them."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from keys.kernel.pep import ActorKey, Pseudonym, Vault, group
from rechten.logboek.zegel import Zegel
from rechten.registers.zaden import Zaadkluis
from tests.separation import values
from tests.separation.values import Values


@dataclass(frozen=True)
class Opened:
    """All pseudonyms of a register by `pid`, its key, and every value that it can read."""

    pseudonyms: dict[str, Pseudonym]
    key: ActorKey
    values: Values


def open_register(data: Path, register: str) -> Opened:
    """Unwrap every pseudonym and seed, open every sealed detail of the log."""
    folder = data / "sleutels" / "rechten" / register
    local = (folder / "lokaal.key").read_bytes()
    seal = Zegel((folder / "logzegel.key").read_bytes())
    (file,) = folder.glob("domein-*.json")
    key = ActorKey.from_json(json.loads(file.read_text("utf-8")))
    pseudonyms: dict[str, Pseudonym] = {}
    found = Values()
    for table, row in values.rows(data / "databases" / "registers" / f"{register}.db"):
        found.add(row)
        if table == "betrokkene":
            pseudonyms[row["pid"]] = Vault(local).unwrap(row["zoekpid"], row["verpakt"], key.domain)
            found.add(pseudonyms[row["pid"]].point)
            found.add(Zaadkluis(local).unwrap(row["zoekpid"], row["zaad"]))
        if table == "logdetail":
            detail = seal.open(row["verzegeld"], row["trace_id"], row["span_id"], row["doel_digest"])
            found.add(asdict(detail))
    return Opened(pseudonyms, key, found)


def open_machtigen(data: Path) -> set[bytes]:
    """The pseudonyms of everyone that machtigen knows, unwrapped with its keys."""
    folder = data / "sleutels" / "machtigen"
    vault = Vault((folder / "lokaal.key").read_bytes())
    domain = ActorKey.from_json(json.loads((folder / "domein-machtigen.json").read_text("utf-8"))).domain
    return {
        vault.unwrap(row["pid"], row["verpakt"], domain).point
        for table, row in values.rows(data / "databases" / "machtigen.db")
        if table == "partij"
    }


def scaled(opened: Opened, other: Opened) -> set[bytes]:
    """The pseudonyms of one register, multiplied by every product of the two decryption keys and their
    inverses: what two departments could try with all that they have."""
    arithmetic = group()
    one = (1).to_bytes(32, "little")
    mine, theirs = opened.key.secret, other.key.secret
    return {
        arithmetic.mul(arithmetic.scalar_mul(left, right), pseudonym.point)
        for pseudonym in opened.pseudonyms.values()
        for left in (one, mine, arithmetic.scalar_invert(mine))
        for right in (one, theirs, arithmetic.scalar_invert(theirs))
    }
