"""Pages of identiteit: log in, log out, one's own data, and a name in a frame."""
