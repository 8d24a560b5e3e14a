"""JSON routes: wire → service → wire, nothing else."""
