"""TheTVDB as Seerr shows it if it is the metadata provider for series.

A season then has no air date, its name is its number and its id is the show's; a season on its own
gives the number of its episodes where its number should stand. Shows that TheTVDB does not know
keep TMDB's seasons, and so do all of them while it is down.
"""

from __future__ import annotations

from typing import Any

from examples.sandbox.titles import Season, Title

Json = dict[str, Any]


def seasons_view(title: Title) -> list[Json]:
    """Show the seasons of a show as its details list them."""
    return [
        {
            "airDate": "",
            "episodeCount": season.episodes,
            "id": title.tvdb,
            "name": f"{season.number}",
            "overview": "",
            "seasonNumber": season.number,
            "posterPath": "",
        }
        for season in title.seasons
    ]


def season_view(title: Title, season: Season | None) -> Json:
    """Show a single season; one that TheTVDB does not have is empty."""
    if season is None:
        ids, nothing = {"tvdbId": title.tmdb}, {"name": "", "overview": "", "seasonNumber": 0}
        return {"airDate": "", "episodes": [], "externalIds": ids, "id": 0, **nothing}
    return {
        "episodes": [_episode_view(title, season, n + 1) for n in range(season.episodes)],
        "externalIds": {"tvdbId": title.tvdb},
        "id": 1000 + season.number,
        "name": "",
        "overview": "",
        "seasonNumber": season.episodes,
    }


def _episode_view(title: Title, season: Season, number: int) -> Json:
    return {
        "id": season.number * 100 + number,
        "airDate": season.air_date,
        "episodeNumber": number,
        "name": f"Episode {number}",
        "overview": "",
        "productionCode": "",
        "seasonNumber": season.number,
        "showId": title.tmdb,
        "voteAverage": 1,
        "voteCount": 1,
        "stillPath": "",
    }
