"""The register of use: which service relied on which machtiging, when. Lines are only ever added."""
