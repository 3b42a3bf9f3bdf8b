"""Files that sites export: tables, archives, and how they are read."""
