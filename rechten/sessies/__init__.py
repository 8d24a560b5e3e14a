"""Sessions of the pages: server-side, opaque cookie, contents sealed at rest."""
