"""Pages that could not be read as lists, saved for bug reports without private data."""
