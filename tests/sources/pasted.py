"""What people paste for each source, and which list it means: one table per source.

Each row is a test of ``recognize_list``, and is shown in docs/sources/. ``refused: …`` is a part of
the message that says what to paste instead.
"""

from __future__ import annotations

from collections.abc import Mapping

from tests.sources.pasted_interfaces import INTERFACES

REFUSED = "refused: "

IMDB = {
    "ls004610270": "imdb:ls004610270",
    "ls4106677119": "imdb:ls4106677119",
    "ur12345678": "imdb:ur12345678",
    "imdb:ls004610270": "imdb:ls004610270",
    "IMDB:ur12345678": "imdb:ur12345678",
    "https://www.imdb.com/list/ls004610270/": "imdb:ls004610270",
    "http://imdb.com/list/ls004610270": "imdb:ls004610270",
    "m.imdb.com/list/ls004610270/?sort=created:desc&page=2": "imdb:ls004610270",
    "https://WWW.IMDB.COM/list/ls004610270/?ref_=uspf_t_3": "imdb:ls004610270",
    "https://www.imdb.com/de/list/ls004610270/": "imdb:ls004610270",
    "https://www.imdb.com/es-ES/list/ls004610270": "imdb:ls004610270",
    "https://www.imdb.com/list/ls004610270/edit": "imdb:ls004610270",
    "https://www.imdb.com/list/ls004610270/export?ref_=ttls_exp": "imdb:ls004610270",
    "https://www.imdb.com/list/ls004610270/copy/#top": "imdb:ls004610270",
    "https://www.imdb.com/user/ur12345678": "imdb:ur12345678",
    "https://www.imdb.com/user/ur12345678/": "imdb:ur12345678",
    "https://www.imdb.com/user/ur12345678/watchlist/?sort=date_added%2Cdesc": "imdb:ur12345678",
    "https://m.imdb.com/fr-CA/user/ur12345678/watchlist": "imdb:ur12345678",
    "imdb:top": "imdb:top",
    "top": "imdb:top",
    "BoxOffice": "imdb:boxoffice",
    "imdb:chart/top": "imdb:top",
    "https://www.imdb.com/chart/top/?ref_=nv_mv_250": "imdb:top",
    "https://www.imdb.com/it/chart/toptv/": "imdb:toptv",
    "www.imdb.com/chart/boxoffice": "imdb:boxoffice",
    "https://www.imdb.com/chart/moviemeter/?sort=rank,asc": "imdb:moviemeter",
    "https://www.imdb.com/chart/tvmeter": "imdb:tvmeter",
    "https://www.imdb.com/chart/bottom/": "imdb:bottom",
    "https://www.imdb.com/chart/top-english-movies/": "imdb:top-english-movies",
    "https://www.imdb.com/india/top-rated-indian-movies/": "imdb:india/top-rated-indian-movies",
    "https://www.imdb.com/india/upcoming/": "imdb:india/upcoming",
    "imdb:top-rated-tamil-movies": "imdb:india/top-rated-tamil-movies",
    "imdb:india/telugu": "imdb:india/telugu",
    "ur12345678/ratings": "imdb:ur12345678/ratings",
    "imdb:ur12345678/watchlist": "imdb:ur12345678",
    "https://www.imdb.com/user/ur12345678/ratings/?sort=date_added,desc": "imdb:ur12345678/ratings",
    "https://www.imdb.com/user/p.abcdef123/": "imdb:p.abcdef123",
    "https://www.imdb.com/user/p.abcdef123/watchlist/?ref_=ext_shr_lnk": "imdb:p.abcdef123",
    "https://www.imdb.com/user/p.abcdef123/ratings/": "imdb:p.abcdef123/ratings",
    "p.abcdef123": "imdb:p.abcdef123",
    "imdb:p.abcdef123/ratings": "imdb:p.abcdef123/ratings",
    "<https://www.imdb.com/list/ls004610270/>": "imdb:ls004610270",
    '"https://www.imdb.com/list/ls004610270/"': "imdb:ls004610270",
    "https%3A%2F%2Fwww.imdb.com%2Flist%2Fls004610270%2F": "imdb:ls004610270",
    "HTTPS://www.imdb.com:443/list/%6Cs004610270/": "imdb:ls004610270",
    "//www.imdb.com/list/ls004610270/": "imdb:ls004610270",
    "ls004610270/": "imdb:ls004610270",
    "https://www.imdb.com/list/ls004610270.": "imdb:ls004610270",
    "ls004610270,": "imdb:ls004610270",
    "[my list](https://www.imdb.com/list/ls004610270/)": "imdb:ls004610270",
    "https://www.imdb.com/list/ls004610270/?st_dt=&mode=detail&page=2&ref_=ttls_vm_dtl&sort=x": (
        "imdb:ls004610270"
    ),
    "https://www.imdb.com/list/export?list_id=ls004610270": "imdb:ls004610270",
    "imdb:list/ls004610270?sort=user_rating,desc": "imdb:ls004610270",
    "imdb:https://www.imdb.com/list/ls004610270/": "imdb:ls004610270",
    "http://rss.imdb.com/user/ur12345678/watchlist": "imdb:ur12345678",
    "https://www.imdb.com/list/ls004610270/?title_type=movie&genres=comedy": (
        "refused: remove title_type, genres from it"
    ),
    "https://www.imdb.com/user/ur12345678/watchlist/?release_date=1990,": (
        "refused: only part of the list"
    ),
    "https://www.imdb.com/chart/top/?genres=drama": "refused: only part of the list",
    "https://www.imdb.com/watchlist": "refused: your own watchlist",
    "https://pro.imdb.com/list/ls004610270": "refused: no list at pro.imdb.com",
    "https://api.graphql.imdb.com/": "refused: paste imdb.com/list/ls…",
    "https://www.imdb.com/list/watchlist": "refused: your own watchlist",
    "https://www.imdb.com/list/watchlist/?ref_=nv_usr_wl_all_0": (
        "refused: imdb.com/user/p.…/watchlist"
    ),
    "https://www.imdb.com/list/ratings": "refused: imdb.com/user/p.…/ratings",
    "https://www.imdb.com/search/title/?genres=comedy": "refused: not a list",
    "https://www.imdb.com/title/tt0111161/": "refused: one title",
    "tt0111161": "refused: one title",
    "https://www.imdb.com/name/nm0000209/": "refused: person",
    "https://www.imdb.com/calendar/?type=TV": "refused: calendar",
    "https://www.imdb.com/chart/nonsense": "refused: toptv",
    "https://www.imdb.com/": "refused: paste",
    "imdb:": "refused: ls…",
    "imdb:ls12": "refused: ls…",
    "https://www.imdb.com/user/ur12345678/lists/": "refused: the index of a user's lists",
    "https://www.imdb.com/user/p.abcdef123/reviews": (
        "refused: write imdb:p.abcdef123 or imdb:p.abcdef123/ratings"
    ),
    "https://www.imdb.com/chart/": "refused: no list at www.imdb.com/chart/",
    "https://www.imdb.com/filmosearch/?role=nm0000209": "refused: not a list",
    "nm0000209": "refused: person",
}

TRAKT = {
    "trakt:anna/family-night": "trakt:anna/family-night",
    "trakt:users/anna/lists/family-night": "trakt:anna/family-night",
    "trakt:anna/watchlist": "trakt:anna/watchlist",
    "trakt:me/watchlist": "trakt:me/watchlist",
    "https://trakt.tv/users/me/lists/family-night": "trakt:me/family-night",
    "https://trakt.tv/users/anna/lists/family-night": "trakt:anna/family-night",
    "https://app.trakt.tv/users/Anna/lists/Family-Night?mode=media&sort_by=rank": (
        "trakt:anna/family-night"
    ),
    "classic.trakt.tv/users/anna/lists/family-night?sort=rank,asc": "trakt:anna/family-night",
    "https://og.trakt.tv/users/anna/lists/family-night/comments": "trakt:anna/family-night",
    "https://www.trakt.tv/users/anna/watchlist/": "trakt:anna/watchlist",
    "https://trakt.tv/users/anna/watchlist?mode=show": "trakt:anna/watchlist?mode=show",
    "https://trakt.tv/users/anna/watchlist?display=movie&sort=added": (
        "trakt:anna/watchlist?mode=movie"
    ),
    "https://trakt.tv/users/anna/watchlist/shows": "trakt:anna/watchlist?mode=show",
    "trakt:anna/watchlist?mode=show": "trakt:anna/watchlist?mode=show",
    "https://trakt.tv/users/anna/lists/watchlist": "trakt:anna/lists/watchlist",
    "https://trakt.tv/users/a.b_c/lists/x_y": "trakt:a.b_c/x_y",
    "https://trakt.tv/users/anna/favorites": "trakt:anna/favorites",
    "https://app.trakt.tv/profile/Anna/favorites?mode=movie": "trakt:anna/favorites?mode=movie",
    "trakt:anna/favorites": "trakt:anna/favorites",
    "https://trakt.tv/users/anna/lists/favorites": "trakt:anna/lists/favorites",
    "https://trakt.tv/users/popular/lists/night": "trakt:popular/night",
    "https://trakt.tv/users/anna/lists/12345": "trakt:lists/12345",
    "https://trakt.tv/lists/12345": "trakt:lists/12345",
    "https://app.trakt.tv/lists/12345?mode=show": "trakt:lists/12345?mode=show",
    "trakt:lists/12345": "trakt:lists/12345",
    "trakt:anna/12345": "trakt:lists/12345",
    "trakt:trending/movies": "trakt:movies/trending",
    "trakt:movies/trending": "trakt:movies/trending",
    "https://trakt.tv/movies/trending": "trakt:movies/trending",
    "https://trakt.tv/shows/popular?page=2": "trakt:shows/popular",
    "https://app.trakt.tv/discover/trending?mode=movie": "trakt:movies/trending",
    "https://app.trakt.tv/discover/anticipated?mode=show&x=y": "trakt:shows/anticipated",
    "trakt:discover/popular?mode=show": "trakt:shows/popular",
    "https://classic.trakt.tv/shows/watched/weekly": "trakt:shows/watched/weekly",
    "https://trakt.tv/movies/played/all": "trakt:movies/played/all",
    "https://og.trakt.tv/movies/collected/monthly": "trakt:movies/collected/monthly",
    "trakt:favorited/yearly/movies": "trakt:movies/favorited/yearly",
    "https://trakt.tv/movies/favorited/daily": "trakt:movies/favorited/daily",
    "https://app.trakt.tv/discover/watched?mode=movie&period=daily": "trakt:movies/watched/daily",
    "https://trakt.tv/movies/boxoffice": "trakt:movies/boxoffice",
    "trakt:boxoffice": "trakt:movies/boxoffice",
    "https://app.trakt.tv/discover/trending": "refused: films or shows",
    "https://app.trakt.tv/discover/trending?mode=media": "refused: trakt:shows/trending",
    "trakt:trending": "refused: trakt:movies/trending",
    "https://trakt.tv/shows/boxoffice": "refused: trakt:movies/boxoffice",
    "https://trakt.tv/movies/trending/weekly": "refused: write trakt:movies/trending",
    "https://trakt.tv/movies": "refused: boxoffice",
    "https://m.trakt.tv/users/anna/lists/family-night": "trakt:anna/family-night",
    "https://api.trakt.tv/users/anna/lists/family-night/items/movie?limit=100": (
        "trakt:anna/family-night?mode=movie"
    ),
    "https://api.trakt.tv/users/anna/watchlist/movies,shows": "trakt:anna/watchlist",
    "https://api.trakt.tv/lists/12345/items": "trakt:lists/12345",
    "https://api.trakt.tv/movies/trending?page=1": "trakt:movies/trending",
    "trakt:https://trakt.tv/users/anna/watchlist": "trakt:anna/watchlist",
    "https://trakt.tv/users/movies/lists/trending": "trakt:movies/lists/trending",
    "https://trakt.tv/users/anna/watchlist/seasons": "refused: cannot be filtered by seasons",
    "https://trakt.tv/users/anna/lists/night?display=episode": "refused: filtered by episode",
    "https://trakt.tv/movies/trending?genres=action": "refused: remove genres from it",
    "https://app.trakt.tv/watchlist": "refused: or write trakt:me/watchlist",
    "https://trakt.tv/search/movies?query=dune": "refused: no list at trakt.tv/search/movies",
    "https://trakt.tv/users/anna/lists/night.atom?slurm=k": "refused: not a Trakt list",
    "https://trakt.tv/lists/trending": "refused: index",
    "https://api.trakt.tv/sync/watchlist": "refused: no list at api.trakt.tv/sync/watchlist",
    "https://trakt.tv/lists": "refused: index",
    "https://trakt.tv/lists/official/mission-impossible-collection": "refused: official",
    "https://app.trakt.tv/lists/smart/view/abc": "refused: smart",
    "trakt:anna/collection": "refused: collection",
    "https://trakt.tv/users/anna/collection": "refused: collection",
    "https://trakt.tv/users/anna/lists": "refused: index",
    "https://trakt.tv/users/anna": "refused: paste",
    "https://trakt.tv/movies/dune-2021": "refused: charts",
    "trakt:anna": "refused: USER/SLUG",
}

FILE = {
    "file:never-again.csv": "file:never-again.csv",
    "file:/srv/lists/a.csv": "file:/srv/lists/a.csv",
    "file:///srv/lists/a.csv": "file:/srv/lists/a.csv",
    "file:~/a.txt": "file:~/a.txt",
    "file:./lists//a.csv": "file:lists/a.csv",
    "file:///srv/my%20list.csv": "file:/srv/my list.csv",
    "file://localhost/srv/lists/a.csv": "file:/srv/lists/a.csv",
    "file:trakt-export.zip": "file:trakt-export.zip",
    "file:trakt-export.zip/lists-night.json": "file:trakt-export.zip/lists-night.json",
    "never-again.csv": "refused: write file:never-again.csv",
    "watchlist.json": "refused: write file:watchlist.json",
    "~/lists/a.txt": "refused: write file:~/lists/a.txt",
    "file:.": "refused: file:NAME.csv",
    "file:": "refused: file:NAME.csv",
    "file://server/share.csv": "refused: file:NAME.csv",
}

PASTED: Mapping[str, Mapping[str, str]] = {
    "imdb": IMDB,
    "trakt": TRAKT,
    **INTERFACES,
    "file": FILE,
}
"""By source, in the order of ``SOURCES``."""
