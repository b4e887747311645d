"""/remind: a member's own weekly reminder."""
