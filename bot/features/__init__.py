"""The features of the bot, a folder each: its commands, what its cards show, and what its buttons do."""
