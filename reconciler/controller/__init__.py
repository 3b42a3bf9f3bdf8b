"""`listsync run`: the file is followed, lists are reconciled when due, and their state served."""
