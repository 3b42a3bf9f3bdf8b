"""Imports: another program's settings and history become a config file and a ledger."""
