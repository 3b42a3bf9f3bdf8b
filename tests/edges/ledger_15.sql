-- A ledger of schema version 15, with one of everything, as listsync wrote it before version 16.

CREATE TABLE matches (
    key TEXT PRIMARY KEY,
    answer TEXT NOT NULL,
    believed_until TEXT,
    used_at TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO matches VALUES (
    'imdb:tt1',
    '{"reason":"not-found","detail":"TMDB has no such title","candidates":[]}',
    '2026-11-29T12:00:00.000000+00:00',
    '2026-11-22T12:00:00.000000+00:00'
);
INSERT INTO matches VALUES (
    'imdb:tt1160419',
    '{"media":{"kind":"movie","tmdb":438631},"by":"imdb","title":"","year":null,"original_title":null}',
    NULL,
    '2026-11-22T12:00:00.000000+00:00'
);

CREATE TABLE reports (
    server TEXT NOT NULL,
    list TEXT NOT NULL,
    report TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (server, list)
);
INSERT INTO reports VALUES (
    'http://seerr:5055',
    'wishes',
    '{"source":"imdb:ls1","at":"2026-11-22T12:00:00Z","snapshot":{"outcome":"complete","route":"api","items":[{"position":1,"title":"Dune","year":2021,"kind":"movie","ids":{"imdb":"tt1160419","tmdb":null,"tvdb":null,"trakt":null},"original_title":null,"unsupported":null,"series":null,"episode":null,"seasons":null,"facts":{"rating":null,"votes":null,"genres":null,"language":null},"may_be_show":false},{"position":2,"title":"Game of Thrones","year":2011,"kind":"tv","ids":{"imdb":"tt0944947","tmdb":null,"tvdb":null,"trakt":null},"original_title":null,"unsupported":null,"series":null,"episode":null,"seasons":null,"facts":{"rating":null,"votes":null,"genres":null,"language":null},"may_be_show":false}],"declared_total":2,"error":null,"retry_after":null,"note":null,"delivered":2},"known":{"outcome":"complete","route":"api","items":[{"position":1,"title":"Dune","year":2021,"kind":"movie","ids":{"imdb":"tt1160419","tmdb":null,"tvdb":null,"trakt":null},"original_title":null,"unsupported":null,"series":null,"episode":null,"seasons":null,"facts":{"rating":null,"votes":null,"genres":null,"language":null},"may_be_show":false},{"position":2,"title":"Game of Thrones","year":2011,"kind":"tv","ids":{"imdb":"tt0944947","tmdb":null,"tvdb":null,"trakt":null},"original_title":null,"unsupported":null,"series":null,"episode":null,"seasons":null,"facts":{"rating":null,"votes":null,"genres":null,"language":null},"may_be_show":false}],"declared_total":2,"error":null,"retry_after":null,"note":null,"delivered":2},"rows":[]}',
    '2026-11-22T12:00:00.000000+00:00'
);

CREATE TABLE slots (
    server TEXT NOT NULL,
    kind TEXT NOT NULL,
    tmdb INTEGER NOT NULL,
    is_4k INTEGER NOT NULL,
    season INTEGER NOT NULL,
    present INTEGER NOT NULL,
    readded INTEGER NOT NULL,
    refused TEXT,
    PRIMARY KEY (server, kind, tmdb, is_4k, season)
) WITHOUT ROWID;
INSERT INTO slots VALUES ('http://seerr:5055', 'movie', 680, 0, -1, 0, 1, '2026-11-22T12:00:00.000000+00:00');
INSERT INTO slots VALUES ('http://seerr:5055', 'movie', 438631, 0, -1, 1, 0, NULL);

CREATE TABLE attempts (
    server TEXT NOT NULL,
    kind TEXT NOT NULL,
    tmdb INTEGER NOT NULL,
    is_4k INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    retries INTEGER NOT NULL,
    not_before TEXT,
    PRIMARY KEY (server, kind, tmdb, is_4k)
) WITHOUT ROWID;
INSERT INTO attempts VALUES ('http://seerr:5055', 'tv', 1399, 0, 1, 0, '2026-11-22T12:10:00.000000+00:00');

CREATE TABLE memberships (
    server TEXT NOT NULL,
    list TEXT NOT NULL,
    source TEXT NOT NULL,
    completed TEXT,
    shrunk TEXT,
    shrunk_since TEXT,
    left_at TEXT,
    PRIMARY KEY (server, list)
) WITHOUT ROWID;
INSERT INTO memberships VALUES ('http://seerr:5055', 'gone', 'imdb:ls2', '2026-11-22T12:00:00.000000+00:00', NULL, NULL, '2026-11-22T12:00:00.000000+00:00');
INSERT INTO memberships VALUES ('http://seerr:5055', 'wishes', 'imdb:ls1', '2026-11-22T12:00:00.000000+00:00', 'abc', '2026-11-22T12:00:00.000000+00:00', NULL);

CREATE TABLE members (
    server TEXT NOT NULL,
    list TEXT NOT NULL,
    key TEXT NOT NULL,
    item TEXT NOT NULL,
    match TEXT,
    present INTEGER NOT NULL,
    missed TEXT,
    canceled INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (server, list, key),
    FOREIGN KEY (server, list) REFERENCES memberships (server, list)
) WITHOUT ROWID;
INSERT INTO members VALUES (
    'http://seerr:5055',
    'wishes',
    'imdb:tt0944947',
    '{"position":2,"title":"Game of Thrones","year":2011,"kind":"tv","ids":{"imdb":"tt0944947","tmdb":null,"tvdb":null,"trakt":null},"original_title":null,"unsupported":null,"series":null,"episode":null,"seasons":null,"facts":{"rating":null,"votes":null,"genres":null,"language":null},"may_be_show":false}',
    '{"media":{"kind":"tv","tmdb":1399},"by":"imdb","title":"","year":null,"original_title":null}',
    1,
    '2026-11-22T12:00:00.000000+00:00',
    1
);
INSERT INTO members VALUES (
    'http://seerr:5055',
    'wishes',
    'imdb:tt1160419',
    '{"position":1,"title":"Dune","year":2021,"kind":"movie","ids":{"imdb":"tt1160419","tmdb":null,"tvdb":null,"trakt":null},"original_title":null,"unsupported":null,"series":null,"episode":null,"seasons":null,"facts":{"rating":null,"votes":null,"genres":null,"language":null},"may_be_show":false}',
    '{"media":{"kind":"movie","tmdb":438631},"by":"imdb","title":"","year":null,"original_title":null}',
    1,
    NULL,
    0
);

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
    message TEXT,
    sighting TEXT
);
INSERT INTO intents VALUES (1, 'http://seerr:5055', '2026-11-22T12:00:00.000000+00:00', 'request', 'movie', 438631, 0, NULL, 'Dune', 4, '["wishes"]', '2026-11-22T12:00:00.000000+00:00', 'created', 201, 17, '', 'listed');
INSERT INTO intents VALUES (2, 'http://seerr:5055', '2026-11-22T12:00:00.000000+00:00', 'request', 'tv', 1399, 0, '[1, 2]', 'Game of Thrones', 4, '["wishes"]', '2026-11-22T12:00:00.000000+00:00', 'failed', 500, NULL, 'it failed', NULL);
INSERT INTO intents VALUES (3, 'http://seerr:5055', '2026-11-22T12:01:00.000000+00:00', 'request', 'movie', 27205, 0, NULL, 'Inception', 4, '["wishes"]', NULL, NULL, NULL, NULL, NULL, NULL);

CREATE TABLE routes (
    route TEXT PRIMARY KEY,
    blocked_at TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO routes VALUES ('browser https://www.imdb.com', '2026-11-22T12:00:00.000000+00:00');

CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    server TEXT NOT NULL,
    command TEXT NOT NULL,
    began TEXT NOT NULL,
    ended TEXT,
    lists TEXT NOT NULL DEFAULT '[]',
    counts TEXT NOT NULL DEFAULT '{}',
    exit_code INTEGER
);
INSERT INTO runs VALUES (1, 'http://seerr:5055', 'apply', '2026-11-22T12:00:00.000000+00:00', '2026-11-22T12:02:00.000000+00:00', '["wishes"]', '{"created": 1}', 0);

CREATE TABLE baselines (
    server TEXT NOT NULL,
    list TEXT NOT NULL,
    baseline TEXT NOT NULL,
    PRIMARY KEY (server, list)
) WITHOUT ROWID;
INSERT INTO baselines VALUES (
    'http://seerr:5055',
    'new',
    '{"source":"imdb:top","taken":"2026-11-22T12:00:00Z","keys":["imdb:tt2"]}'
);

CREATE TABLE schedules (
    server TEXT NOT NULL,
    list TEXT NOT NULL,
    digest TEXT NOT NULL,
    due TEXT NOT NULL,
    tries INTEGER NOT NULL,
    attempted TEXT,
    succeeded TEXT,
    PRIMARY KEY (server, list)
) WITHOUT ROWID;
INSERT INTO schedules VALUES ('http://seerr:5055', 'wishes', '0f1e', '2026-11-22T13:00:00.000000+00:00', 2, '2026-11-22T12:00:00.000000+00:00', '2026-11-22T11:00:00.000000+00:00');

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
) WITHOUT ROWID;
INSERT INTO conditions VALUES ('http://seerr:5055', '', 'Reachable', 'False', 'Unreachable', 'no answer', '2026-11-22T12:00:00.000000+00:00', '9c1e2b');
INSERT INTO conditions VALUES ('http://seerr:5055', 'wishes', 'Ready', 'True', 'Succeeded', '2 items', '2026-11-22T12:00:00.000000+00:00', '9c1e2b');

CREATE TABLE asked (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    server TEXT NOT NULL,
    list TEXT NOT NULL,
    UNIQUE (server, list)
);
INSERT INTO asked VALUES (2, 'http://seerr:5055', 'wishes');

CREATE TABLE told (
    server TEXT NOT NULL,
    list TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (server, list)
) WITHOUT ROWID;
INSERT INTO told VALUES ('http://seerr:5055', '', '2026-11-22T12:00:00.000000+00:00');
INSERT INTO told VALUES ('http://seerr:5055', 'wishes', '2026-11-22T12:00:00.000000+00:00');

CREATE TABLE titles (
    media TEXT PRIMARY KEY,
    details TEXT NOT NULL,
    read_at TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO titles VALUES (
    'movie/438631',
    '{"tmdb":438631,"title":"Dune","year":2021,"facts":{"rating":null,"votes":null,"genres":null,"language":null},"original_title":null}',
    '2026-11-22T12:00:00.000000+00:00'
);
INSERT INTO titles VALUES (
    'tv/1399',
    '{"tmdb":1399,"title":"Game of Thrones","year":2011,"ended":true,"seasons":[{"number":1,"air_date":null,"episodes":10}],"last_aired_season":null,"facts":{"rating":null,"votes":null,"genres":null,"language":null},"original_title":null}',
    '2026-11-22T12:00:00.000000+00:00'
);

CREATE TABLE downloaders (
    server TEXT NOT NULL,
    kind TEXT NOT NULL,
    offers TEXT NOT NULL,
    read_at TEXT NOT NULL,
    PRIMARY KEY (server, kind)
) WITHOUT ROWID;
INSERT INTO downloaders VALUES (
    'http://seerr:5055',
    'movie',
    '[{"id":0,"name":"Radarr","is_4k":false,"is_default":true,"stock":null,"trouble":""}]',
    '2026-11-22T12:00:00.000000+00:00'
);

CREATE TABLE claims (
    server TEXT NOT NULL,
    kind TEXT NOT NULL,
    tmdb INTEGER NOT NULL,
    is_4k INTEGER NOT NULL,
    list TEXT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (server, kind, tmdb, is_4k, list, source)
) WITHOUT ROWID;
INSERT INTO claims VALUES ('http://seerr:5055', 'movie', 438631, 0, 'wishes', 'imdb:ls1');

CREATE TABLE accepted_rights (id INTEGER PRIMARY KEY CHECK (id = 1), accepted TEXT NOT NULL);
INSERT INTO accepted_rights VALUES (
    1,
    '{"server_url":"http://seerr:5055","excluded":["imdb:tt9"],"defaults":{"role":"request","requester":null,"approval":"requester","is_4k":false,"prune":"keep","top":null,"episodes":"skip"},"lists":{"wishes":{"source":"imdb:ls1","rights":{"role":"request","requester":"anna","approval":"requester","is_4k":false,"prune":"keep","top":null,"episodes":"skip"},"settings":"{}"}},"former":{}}'
);

CREATE TABLE waiting_rights (
    list TEXT NOT NULL,
    setting TEXT NOT NULL,
    value TEXT NOT NULL,
    words TEXT NOT NULL,
    since TEXT NOT NULL,
    PRIMARY KEY (list, setting, value)
) WITHOUT ROWID;
INSERT INTO waiting_rights VALUES ('wishes', 'requester', 'anna', 'wishes: requester anna is removed', '2026-11-22T12:00:00.000000+00:00');

UPDATE sqlite_sequence SET seq = 2 WHERE name = 'asked';  -- 1 was answered
PRAGMA application_id = 1280530766;
PRAGMA user_version = 15;
