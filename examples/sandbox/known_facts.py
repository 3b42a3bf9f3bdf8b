"""TMDB's facts about some titles of the catalogue, rounded; all other titles share one set."""

from __future__ import annotations

from .titles import Facts, Kind

_ACTION, _ADVENTURE, _COMEDY, _CRIME = (
    (28, "Action"),
    (12, "Adventure"),
    (35, "Comedy"),
    (80, "Crime"),
)
_DRAMA, _HORROR, _ROMANCE = (18, "Drama"), (27, "Horror"), (10749, "Romance")
_SCIENCE_FICTION, _THRILLER = (878, "Science Fiction"), (53, "Thriller")
_JOINT, _MYSTERY = (10765, "Sci-Fi & Fantasy"), (9648, "Mystery")

KNOWN_FACTS: dict[tuple[Kind, int], Facts] = {
    ("movie", 348): Facts(8.2, 15_000, (_HORROR, _SCIENCE_FICTION)),  # Alien
    ("movie", 949): Facts(7.9, 7_500, (_ACTION, _CRIME, _DRAMA)),  # Heat
    ("movie", 194): Facts(7.9, 11_500, (_COMEDY, _ROMANCE), "fr"),  # Amélie
    ("movie", 438_631): Facts(7.8, 12_500, (_SCIENCE_FICTION, _ADVENTURE)),  # Dune, 2021
    ("movie", 475_557): Facts(8.1, 26_000, (_CRIME, _THRILLER, _DRAMA)),  # Joker
    ("movie", 496_243): Facts(8.5, 18_500, (_COMEDY, _THRILLER, _DRAMA), "ko"),  # Parasite
    ("tv", 95_396): Facts(8.4, 2_000, (_DRAMA, _MYSTERY, _JOINT)),  # Severance
    ("movie", 9_100_015): Facts(0, 0, ()),  # no votes yet
}
