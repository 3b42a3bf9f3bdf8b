"""One pass with its I/O: fetch, observe, resolve, plan, apply."""
