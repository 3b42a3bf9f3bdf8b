"""The HTTP kit: sessions that follow no redirects, and limits on every answer."""
