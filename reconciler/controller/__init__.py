"""``run``: follows the config, runs lists when they are due, and serves their state."""
