"""listsync keeps an Overseerr, Jellyseerr or Seerr server in step with watchlists."""
