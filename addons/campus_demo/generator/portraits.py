"""Photos of people who do not exist: small flat portraits, drawn as SVG."""

from __future__ import annotations

from random import Random

TILES = ("#dbe7f3", "#e3eedf", "#f6e6d3", "#f2dfe2", "#e4e1f2", "#d9ecec", "#f1ecd2", "#e6e6e6")
SKINS = ("#f6d7bd", "#f3cdb0", "#eec19f", "#e5b48e")
HAIRS = ("#1f1c1f", "#2b2422", "#372b26", "#16181d")
GREY_HAIRS = ("#6d6a6a", "#8d8a89", "#4d4848")
CLOTHES = ("#35577d", "#7d3b45", "#3d6b58", "#5c5470", "#a5673f", "#2f3d4c", "#7a8ba0", "#b0896b")

FACE = (
    '<path d="M52 76h24v18c0 7-24 7-24 0z" fill="{shade}"/>'
    '<path d="M18 128c2-24 18-33 34-35 4 7 20 7 24 0 16 2 32 11 34 35z" fill="{cloth}"/>'
    '<ellipse cx="64" cy="57" rx="23.5" ry="28" fill="{skin}"/>'
    '<ellipse cx="40" cy="59" rx="3.6" ry="6" fill="{skin}"/><ellipse cx="88" cy="59" rx="3.6" ry="6" fill="{skin}"/>'
    '<g fill="#2a2523"><ellipse cx="54.5" cy="58" rx="2.1" ry="2.6"/><ellipse cx="73.5" cy="58" rx="2.1" ry="2.6"/></g>'
    '<path d="M50 51.5q4.5-2.6 9 0M69 51.5q4.5-2.6 9 0" stroke="{hair}" stroke-width="1.8" fill="none" stroke-linecap="round"/>'
    '<path d="M64 60v6.5h-2.4" stroke="{shade}" stroke-width="1.6" fill="none" stroke-linecap="round"/>'
    '<path d="M57.5 73q6.5 {smile} 13 0" stroke="#b0605a" stroke-width="2" fill="none" stroke-linecap="round"/>'
)
#: Hair: what is drawn behind the face, and what is drawn over it.
MALE_HAIR = (
    ("", '<path d="M39 56c-3-26 10-36 26-36s28 9 24 36c-2-12-6-18-12-20-10 4-22 4-29 0-5 4-8 10-9 20z" fill="{hair}"/>'),
    ("", '<path d="M40 54c-4-22 8-35 25-35 15 0 27 10 23 35-2-8-4-13-7-16-12 1-24-2-31-8-2 8-8 12-10 24z" fill="{hair}"/>'),
    ("", '<path d="M40 52c-1-20 9-31 24-31s25 11 24 31c-3-9-7-14-12-16H52c-6 2-9 7-12 16z" fill="{hair}"/>'),
    ("", '<path d="M39 57c-4-28 11-38 27-37 17 1 26 14 22 36-1-7-3-11-6-14-8 0-15-3-19-8-6 7-16 10-20 9-2 4-3 8-4 14z" fill="{hair}"/>'),
)  # fmt: skip
FEMALE_HAIR = (
    (
        '<path d="M36 60c-3-30 11-42 28-42s31 12 28 42c0 18 4 30 6 38-10 4-58 4-68 0 2-8 6-20 6-38z" fill="{hair}"/>',
        '<path d="M40 60c-2-22 6-33 22-34 18-1 28 10 26 34-3-12-9-19-17-24-7 8-20 12-26 12-3 3-4 7-5 12z" fill="{hair}"/>',
    ),
    (
        '<path d="M37 62c-4-31 10-43 27-43s31 12 27 43c0 10 0 18-3 25-8-4-40-4-48 0-3-7-3-15-3-25z" fill="{hair}"/>',
        '<path d="M40 52c0-17 9-26 24-26s24 9 24 26c-9 1-39 1-48 0z" fill="{hair}"/>',
    ),
    (
        '<circle cx="64" cy="17" r="10" fill="{hair}"/><path d="M38 60c-3-27 9-38 26-38s29 11 26 38z" fill="{hair}"/>',
        '<path d="M40 58c-2-20 7-32 24-32s26 12 24 32c-3-11-10-19-24-21-14 2-21 10-24 21z" fill="{hair}"/>',
    ),
    (
        '<path d="M84 34c18 4 20 34 12 58-6-2-8-10-8-24z" fill="{hair}"/><path d="M38 60c-3-27 9-39 26-39s29 12 26 39z" fill="{hair}"/>',
        '<path d="M40 57c-2-20 7-31 24-31s26 11 24 31c-4-10-8-15-14-18-10 6-24 6-30 8-2 2-3 5-4 10z" fill="{hair}"/>',
    ),
)  # fmt: skip
GLASSES = (
    '<g fill="none" stroke="#39424d" stroke-width="1.7"><rect x="47.5" y="52.5" width="14" height="11" rx="5"/>'
    '<rect x="66.5" y="52.5" width="14" height="11" rx="5"/><path d="M61.5 57q2.5-2 5 0M47.5 57l-6-2M80.5 57l6-2"/></g>'
)
COLLAR = '<path d="M52 93l12 14 12-14 6 2-11 19-7-7-7 7-11-19z" fill="#fff" opacity=".92"/>'


def portrait(rng: Random, female: bool, young: bool) -> str:
    """An SVG of 128 x 128 pixels. The same seed always gives the same picture."""
    grey = not young and rng.random() < 0.3
    back, front = rng.choice(FEMALE_HAIR if female else MALE_HAIR)
    skin = rng.randrange(len(SKINS))
    colours = {
        "skin": SKINS[skin],
        "shade": SKINS[min(skin + 1, len(SKINS) - 1)] if skin < len(SKINS) - 1 else "#d8a47c",
        "hair": rng.choice(GREY_HAIRS if grey else HAIRS),
        "cloth": rng.choice(CLOTHES),
        "smile": rng.choice((3, 4.5, 6)),
    }
    extras = COLLAR if not young or rng.random() < 0.3 else ""
    if rng.random() < (0.38 if young else 0.5):
        extras += GLASSES
    body = (back + FACE + front + extras).format(**colours)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 128 128" width="128" height="128">'
        f'<rect width="128" height="128" fill="{rng.choice(TILES)}"/>{body}</svg>'
    )
