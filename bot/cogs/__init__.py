"""The slash commands: each cog reads its options, asks the domain or the store, and hands the answer to a view."""
