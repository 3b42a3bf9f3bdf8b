"""One module per site: what people paste, where the list is, and how its page is read."""
