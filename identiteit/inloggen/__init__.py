"""Log-in attempts, sessions, authorization codes and the outgoing log-out messages."""
