"""A sandbox for listsync: a media server and list sites over real HTTP, on 127.0.0.1 only."""
