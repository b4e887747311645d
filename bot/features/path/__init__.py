"""/path: the whole list in order."""
