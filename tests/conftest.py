"""What holds for every test."""

from __future__ import annotations

from hypothesis import settings

# A busy machine is no defect: pytest's own time limit ends what hangs. The examples are the same in
# each run, so that one that fails fails for everybody.
settings.register_profile("project", deadline=None, derandomize=True)
settings.load_profile("project")
