"""What members see: cards, pages, posts and the buttons on them. They read; they never write to the store."""
