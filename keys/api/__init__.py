"""JSON routes: wire to service to wire, nothing else."""
