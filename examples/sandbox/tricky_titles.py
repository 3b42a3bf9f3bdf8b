"""Made-up titles that real lists stumble over; numbers from 9,100,000 up belong to nobody."""

from __future__ import annotations

from .titles import Season, Title, film, show

_FAR_FUTURE = "2999-01-01"

TRICKY: tuple[Title, ...] = (
    # Same title, different years.
    film(9_100_001, "tt91000001", "The Lighthouse Keeper", "1987-05-01"),
    film(9_100_002, "tt91000002", "The Lighthouse Keeper", "2019-09-12"),
    # Same title and same year: nothing but the id tells them apart.
    film(9_100_003, "tt91000003", "Northern Line", "2015-02-03"),
    film(9_100_004, "tt91000004", "Northern Line", "2015-11-20"),
    # A film and a show of one name, in one year and in different years.
    film(9_100_005, "tt91000005", "Salt Harbour", "2016-03-04"),
    show(9_100_006, "tt91000006", 9_100_006, "Salt Harbour", "2016-10-01", (8, 8)),
    film(9_100_007, "tt91000007", "Copper Field", "1999-06-18"),
    show(9_100_008, "tt91000008", 9_100_008, "Copper Field", "2012-01-09", (10,)),
    # One TMDB number used by a film and by a show that have nothing to do with each other.
    film(9_100_009, "tt91000009", "Seven Umbrellas", "2003-04-25"),
    show(9_100_009, "tt91000010", 9_100_010, "Night Shift at Pier 9", "2011-09-15", (6, 6, 6)),
    # Diacritics, ligatures, and an original title in another script.
    film(9_100_011, "tt91000011", "Crème Brûlée à Besançon", "2008-07-02"),
    film(9_100_012, "tt91000012", "The Bridge over Łódź", "1996-02-16", "Most nad Łodzią"),
    film(9_100_013, "tt91000013", "The Snow Garden", "2013-12-21", "雪の庭"),
    show(
        9_100_014, "tt91000014", 9_100_014, "The Harbour Inspector", "2018-04-01", (10, 10),
        original="Der Hafenkommissar",
    ),
    # No year at all, and a year that list sites give one too early.
    film(9_100_015, "tt91000015", "Untitled Glacier Project", None),
    film(9_100_016, "tt91000016", "A Winter Premiere", "2014-01-10"),
    # Punctuation that has to be percent-encoded in a search.
    film(9_100_017, "tt91000017", "Who's There? (It's Me!)", "2001-10-31"),
    film(9_100_018, "tt91000018", "50% Off & More: A Love Story", "2010-02-12"),
    # No IMDb id.
    film(9_100_019, None, "Untracked Festival Short", "2022-05-19"),
    # A show whose next season has no air date, and one whose next season is far in the future.
    Title(
        "tv", 9_100_020, "tt91000020", 9_100_020, "Tides", "Tides", "2021-03-05",
        "Returning Series",
        (Season(1, "2021-03-05", 8), Season(2, "2022-03-04", 8), Season(3, None, 0)),
    ),
    Title(
        "tv", 9_100_021, "tt91000021", 9_100_021, "Long Orbit", "Long Orbit", "2020-09-01",
        "Returning Series", (Season(1, "2020-09-01", 10), Season(2, _FAR_FUTURE, 10)),
    ),
    # A show that has not begun, one with nothing but specials, and one without any season.
    Title(
        "tv", 9_100_022, "tt91000022", 9_100_022, "Announced Only", "Announced Only",
        _FAR_FUTURE, "In Production", (Season(1, _FAR_FUTURE, 6),),
    ),
    show(9_100_023, "tt91000023", 9_100_023, "Concert Evenings", "2009-12-24", (), specials=4),
    show(9_100_024, "tt91000024", 9_100_024, "The Empty Shelf", "2017-08-08", ()),
    # One IMDb id that TMDB gives to a film and to a show.
    film(9_100_025, "tt91000025", "Dover Crossing", "1954-10-28"),
    show(9_100_026, "tt91000025", 9_100_026, "Dover Crossing", "1954-11-02", (13,)),
    # Two shows that share one TVDB id: the server takes only the first.
    show(9_100_027, "tt91000027", 9_100_027, "Twin Rivers", "2014-06-06", (6,)),
    show(9_100_028, "tt91000028", 9_100_027, "Twin Rivers: Reunion", "2019-06-06", (1,)),
    # A show that TVDB does not know.
    show(9_100_029, "tt91000029", None, "Webcam Diaries", "2016-01-01", (5,)),
)  # fmt: skip
