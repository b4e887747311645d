"""/progress and /next: how far a member is and what comes next."""
