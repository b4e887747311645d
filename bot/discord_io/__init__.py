"""What the features share of Discord: messages, buttons that survive restarts, cards, errors, text limits."""
