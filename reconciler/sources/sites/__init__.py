"""One module per site: the addresses of its lists, and how they are read."""
