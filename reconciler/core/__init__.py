"""Pure values and decisions: no clock, no log, no I/O."""
