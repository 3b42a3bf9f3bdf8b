"""The HTTP kit: sessions that follow no redirects, and limits that every answer keeps."""
