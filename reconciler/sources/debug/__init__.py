"""Pages that were not read as lists, kept for a bug report without what is private."""
