"""The person's pages: what registers hold about me, and what happened with it. Stores nothing."""
