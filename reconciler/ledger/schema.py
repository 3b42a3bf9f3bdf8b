"""The ledger's tables, and how an older ledger becomes a current one.

Conventions: every time is ISO 8601 text in UTC with microseconds, so that text order is time
order; a column that holds a value of the model is JSON; a season of -1 stands for the whole title
(0 is the specials). Memory rows carry the URL of the server they speak of.
"""

from __future__ import annotations

APPLICATION_ID = 0x4C53594E  # "LSYN" in the file's header: no other program's database is touched

WHOLE_TITLE = -1

_FIRST = (
    # Cache: may be lost at any time.
    """
    CREATE TABLE matches (
        key TEXT PRIMARY KEY,
        answer TEXT NOT NULL,
        believed_until TEXT,
        used_at TEXT NOT NULL
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE shows (
        tmdb INTEGER PRIMARY KEY,
        facts TEXT NOT NULL,
        read_at TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE reports (
        server TEXT NOT NULL,
        list TEXT NOT NULL,
        report TEXT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (server, list)
    )
    """,
    # Memory: for ever.
    """
    CREATE TABLE slots (
        server TEXT NOT NULL,
        kind TEXT NOT NULL,
        tmdb INTEGER NOT NULL,
        is_4k INTEGER NOT NULL,
        season INTEGER NOT NULL,
        present INTEGER NOT NULL,
        readded INTEGER NOT NULL,
        PRIMARY KEY (server, kind, tmdb, is_4k, season)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE attempts (
        server TEXT NOT NULL,
        kind TEXT NOT NULL,
        tmdb INTEGER NOT NULL,
        is_4k INTEGER NOT NULL,
        failures INTEGER NOT NULL,
        retries INTEGER NOT NULL,
        not_before TEXT,
        PRIMARY KEY (server, kind, tmdb, is_4k)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE memberships (
        server TEXT NOT NULL,
        list TEXT NOT NULL,
        source TEXT NOT NULL,
        completed TEXT,
        shrunk TEXT,
        shrunk_since TEXT,
        PRIMARY KEY (server, list)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE members (
        server TEXT NOT NULL,
        list TEXT NOT NULL,
        key TEXT NOT NULL,
        item TEXT NOT NULL,
        match TEXT,
        present INTEGER NOT NULL,
        PRIMARY KEY (server, list, key),
        FOREIGN KEY (server, list) REFERENCES memberships (server, list)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE intents (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        server TEXT NOT NULL,
        at TEXT NOT NULL,
        op TEXT NOT NULL,
        kind TEXT NOT NULL,
        tmdb INTEGER NOT NULL,
        is_4k INTEGER NOT NULL,
        seasons TEXT,
        title TEXT NOT NULL,
        requester INTEGER NOT NULL,
        lists TEXT NOT NULL,
        settled_at TEXT,
        result TEXT,
        http_status INTEGER,
        request_id INTEGER,
        message TEXT
    )
    """,
)

_BLOCKED_ROUTES = (
    # Cache: which ways to a site were barred, and when.
    """
    CREATE TABLE routes (
        route TEXT PRIMARY KEY,
        blocked_at TEXT NOT NULL
    ) WITHOUT ROWID
    """,
)

# Memory, for 90 days: the passes that acted, or were about to.
_RUNS = (
    """
    CREATE TABLE runs (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        server TEXT NOT NULL,
        command TEXT NOT NULL,
        began TEXT NOT NULL,
        ended TEXT,
        lists TEXT NOT NULL DEFAULT '[]',
        counts TEXT NOT NULL DEFAULT '{}',
        exit_code INTEGER
    )
    """,
)

# Memory: what was on a list when it was adopted.
_BASELINES = (
    """
    CREATE TABLE baselines (
        server TEXT NOT NULL,
        list TEXT NOT NULL,
        baseline TEXT NOT NULL,
        PRIMARY KEY (server, list)
    ) WITHOUT ROWID
    """,
)

# Memory: when each list's turn is, how it is, and whose turn somebody has asked for. A list of ""
# stands for what no list alone is: the file, the server.
_KEEPING = (
    """
    CREATE TABLE schedules (
        server TEXT NOT NULL,
        list TEXT NOT NULL,
        digest TEXT NOT NULL,
        due TEXT NOT NULL,
        tries INTEGER NOT NULL,
        attempted TEXT,
        succeeded TEXT,
        PRIMARY KEY (server, list)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE conditions (
        server TEXT NOT NULL,
        list TEXT NOT NULL,
        type TEXT NOT NULL,
        status TEXT NOT NULL,
        reason TEXT NOT NULL,
        message TEXT NOT NULL,
        since TEXT NOT NULL,
        generation TEXT NOT NULL,
        PRIMARY KEY (server, list, type)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE asked (
        server TEXT NOT NULL,
        list TEXT NOT NULL,
        PRIMARY KEY (server, list)
    ) WITHOUT ROWID
    """,
)

# Memory: whose turn somebody has asked for. A word has a number that no other word ever had, so
# that what is asked while a turn goes on is not taken for answered when it ends.
_ASKED = (
    "DROP TABLE asked",
    """
    CREATE TABLE asked (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        server TEXT NOT NULL,
        list TEXT NOT NULL,
        UNIQUE (server, list)
    )
    """,
)

# Memory: the lists of which people were told that they are stalled; under "" up to when they were
# told by the day what was done.
_TOLD = (
    """
    CREATE TABLE told (
        server TEXT NOT NULL,
        list TEXT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (server, list)
    ) WITHOUT ROWID
    """,
)

# Cache: what the server told of films and shows. Of shows it was known without what filters ask.
_TITLES = (
    "DROP TABLE shows",
    """
    CREATE TABLE titles (
        media TEXT PRIMARY KEY,
        details TEXT NOT NULL,
        read_at TEXT NOT NULL
    ) WITHOUT ROWID
    """,
)

# Cache: what Radarr and Sonarr offer.
_DOWNLOADERS = (
    """
    CREATE TABLE downloaders (
        server TEXT NOT NULL,
        kind TEXT NOT NULL,
        offers TEXT NOT NULL,
        read_at TEXT NOT NULL,
        PRIMARY KEY (server, kind)
    ) WITHOUT ROWID
    """,
)

# Memory: since when a list has missed an item, and which lists ever held what was requested here.
_PRUNING = (
    "ALTER TABLE members ADD COLUMN missed TEXT",
    """
    CREATE TABLE claims (
        server TEXT NOT NULL,
        kind TEXT NOT NULL,
        tmdb INTEGER NOT NULL,
        is_4k INTEGER NOT NULL,
        list TEXT NOT NULL,
        source TEXT NOT NULL,
        PRIMARY KEY (server, kind, tmdb, is_4k, list, source)
    ) WITHOUT ROWID
    """,
)

# Memory: since when a slot is declined, or gone.
_REFUSED = ("ALTER TABLE slots ADD COLUMN refused TEXT",)

# Memory: since when a list that held titles is not in the file.
_LEFT = ("ALTER TABLE memberships ADD COLUMN left_at TEXT",)

# Memory: the rights that the followed file has, and since when each change that widens them waits.
_RIGHTS = (
    "CREATE TABLE accepted_rights (id INTEGER PRIMARY KEY CHECK (id = 1), accepted TEXT NOT NULL)",
    """
    CREATE TABLE waiting_rights (
        list TEXT NOT NULL,
        setting TEXT NOT NULL,
        value TEXT NOT NULL,
        words TEXT NOT NULL,
        since TEXT NOT NULL,
        PRIMARY KEY (list, setting, value)
    ) WITHOUT ROWID
    """,
)

# Memory: whether our request for a member was canceled while its list missed it.
_CANCELED = ("ALTER TABLE members ADD COLUMN canceled INTEGER NOT NULL DEFAULT 0",)

# Memory: how a look has shown a request of ours. An older ledger does not tell: as if one had.
_SIGHTINGS = (
    "ALTER TABLE intents ADD COLUMN sighting TEXT",
    "UPDATE intents SET sighting = 'listed' WHERE request_id IS NOT NULL",
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    _FIRST,
    _BLOCKED_ROUTES,
    _RUNS,
    _BASELINES,
    _KEEPING,
    _ASKED,
    _TOLD,
    _TITLES,
    _DOWNLOADERS,
    _PRUNING,
    _REFUSED,
    _LEFT,
    _RIGHTS,
    _CANCELED,
    _SIGHTINGS,
)
"""``MIGRATIONS[n]`` takes a ledger from version n to n + 1, in one transaction."""
