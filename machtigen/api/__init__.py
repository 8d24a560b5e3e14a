"""JSON interfaces: wire to service to wire, and nothing else."""
