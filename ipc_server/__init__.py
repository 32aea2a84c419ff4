"""Listens on Unix sockets and runs the daemon, `hero-unix-server`."""
