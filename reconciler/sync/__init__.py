"""A run with its I/O: fetch, observe, resolve, plan, apply, report."""
