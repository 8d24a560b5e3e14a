"""OpenID Connect on both sides: Authlib's authorization server bridged to our apps, and a relying party.

Needs Authlib (server extra). `server` for issuers, `clients` for whom they serve,
`relying_party` for packages that send people to log in, `metadata` for discovery documents, `browser`
for cookies.
"""
