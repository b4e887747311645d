"""/about: what this bot is and which list it serves."""
