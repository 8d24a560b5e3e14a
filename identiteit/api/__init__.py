"""JSON interfaces of identiteit."""
