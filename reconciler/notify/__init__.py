"""Notifications: which are due, and the process that sends them."""
