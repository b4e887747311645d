"""/weekly: a server's weekly prompt."""
