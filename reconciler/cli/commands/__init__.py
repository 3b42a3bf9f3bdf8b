"""The commands: one file each, which declares its arguments and options and does its work."""
