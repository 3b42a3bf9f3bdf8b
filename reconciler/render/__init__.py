"""Plans, statuses and explanations as text, JSON or Markdown. Nothing is decided here."""
