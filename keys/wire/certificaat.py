"""Callers bound to a TLS client certificate, as an option on top of `private_key_jwt` (after RFC 8705).

    assertion claim   cnf: {"x5t#S256": SHA-256 of the certificate's DER, base64url}
    header            Client-Cert: :base64 of the DER:        set by the proxy that ends mutual TLS (RFC 9440)

An assertion that names a certificate holds only on a connection that proved that certificate: who steals
the assertion cannot use it. The proxy MUST drop the header where it comes from outside.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from keys.kernel.caller import CallerRejected, VerifiedCaller
from keys.kernel.pep.encoding import to_base64url

CLIENT_CERT = "client-cert"
MEMBER = "x5t#S256"


def thumbprint(certificate: bytes) -> str:
    """`x5t#S256` of a certificate in DER."""
    return to_base64url(hashlib.sha256(certificate).digest())


def header_value(certificate: bytes) -> str:
    """The header with which a proxy hands on a certificate in DER."""
    return f":{base64.b64encode(certificate).decode('ascii')}:"


@dataclass(frozen=True)
class CertificateRule:
    """`behind_proxy`: whether the header is believed at all; `required`: whether every caller needs one."""

    behind_proxy: bool = False
    required: bool = False

    def check(self, caller: VerifiedCaller, headers: Sequence[str]) -> None:
        """Raise CallerRejected unless the caller is bound to the certificate of this connection.

        An assertion without `cnf` passes where that is not required.
        """
        cnf = caller.claims.get("cnf")
        bound = cnf.get(MEMBER) if isinstance(cnf, dict) else None
        if bound is None and cnf is None and not self.required:
            return
        if not self.behind_proxy or len(headers) != 1 or not isinstance(bound, str):
            raise CallerRejected("certificate-missing")
        if _of_header(headers[0]) != bound:
            raise CallerRejected("certificate-differs")


def _of_header(value: str) -> str | None:
    text = value.strip()
    if len(text) < 3 or not (text.startswith(":") and text.endswith(":")):
        return None
    try:
        return thumbprint(base64.b64decode(text[1:-1], validate=True))
    except (binascii.Error, ValueError):
        return None
