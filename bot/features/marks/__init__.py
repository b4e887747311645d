"""/done: marking resources done."""
