"""The media server over REST: the ``MediaServer`` port for Overseerr, Jellyseerr and Seerr.

Foreign numbers, errors and shapes are translated here and go no further.
"""

from reconciler.overseerr.client import OverseerrServer

__all__ = ["OverseerrServer"]
