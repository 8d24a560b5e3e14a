"""Sessions of people who logged in through `identiteit`, kept on the server behind an opaque cookie."""
