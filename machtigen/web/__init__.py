"""Server-rendered pages. Every page works by keyboard and without JavaScript."""
