"""The demo portal of DUO-Studiefinanciering: a registered OpenID Connect client, as a service would write it.

Knows: its own client registration and keys, and its own pseudonyms of the people it serves, for as
long as their session lasts. Must never know: a name, a BSN, or the key of anybody else. Of ours it
imports `keys.kernel` and the SDK `machtigen.verifier` only; everything else goes over HTTP.

    demo-clients/duo-studiefinanciering/client.json   how the client is registered
                                        jwk.json      its private signing key
                                        domein.json   the key of its pseudonymisation domain
                                        lokaal.key    its local key, made at the first start
"""

from demo_portaal.app import create_portaal

__all__ = ["create_portaal"]
