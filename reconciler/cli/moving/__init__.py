"""Imports: what another program left behind, as a config file and a history of ours."""
