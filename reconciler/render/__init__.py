"""A pass, a status or an explanation as text, JSON or Markdown. Nothing here decides."""
