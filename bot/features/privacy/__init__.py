"""/privacy: what is kept about a member."""
