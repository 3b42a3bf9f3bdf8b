"""The list sites, and what they share."""
