"""/recommend: the resources that fit a topic or a question."""
