"""One file for each version of the database, numbered in order. A landed one is never edited."""
