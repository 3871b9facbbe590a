"""Pictures of dishes and goods: small flat drawings as SVG, one shape per kind of thing."""

from __future__ import annotations

from random import Random

PLATE = (
    '<ellipse cx="64" cy="72" rx="50" ry="40" fill="#00000014"/><ellipse cx="64" cy="68" rx="50" ry="40" fill="#fff"/>'
    '<ellipse cx="64" cy="68" rx="38" ry="29" fill="#f1efec"/>'
)
BOWL_BACK = '<ellipse cx="64" cy="52" rx="46" ry="18" fill="#e9e4dc"/>'
BOWL_FRONT = (
    '<path d="M18 52c0 34 18 52 46 52s46-18 46-52c-4 11-24 18-46 18S22 63 18 52z" fill="#fdfcfa"/>'
    '<path d="M24 74c8 8 22 13 40 13s32-5 40-13" stroke="{accent}" stroke-width="3" fill="none" opacity=".55"/>'
    '<path d="M48 104h32l-3 7H51z" fill="#e4dfd6"/>'
)
STEAM = (
    '<g stroke="#fff" stroke-width="3" fill="none" stroke-linecap="round" opacity=".8">'
    '<path d="M50 30c-5-6 5-9 0-16M66 28c-5-6 5-9 0-16M82 30c-5-6 5-9 0-16"/></g>'
)
CHOPSTICKS = (
    '<g stroke="#8a5a36" stroke-width="3.4" stroke-linecap="round"><path d="M70 46L112 16M76 50L118 22"/></g>'
)
HERBS = '<g fill="#6fa35a"><circle cx="{x1}" cy="{y1}" r="2.6"/><circle cx="{x2}" cy="{y2}" r="2.2"/><circle cx="{x3}" cy="{y3}" r="2.6"/></g>'

#: Kind of product -> (background, colours of the food, words in the name that select it).
TINTS = {
    "rice": ("#f3ead8", ("#fbfaf5", "#efe3c8"), ("饭", "粥")),
    "bun": ("#f5e8d2", ("#fdf6ea", "#f4e2c4"), ("包", "馕", "蛋", "馒", "油条")),
    "noodles": ("#f6e3c4", ("#efc979", "#e9bb62"), ("面", "馄饨", "粉")),
    "soup": ("#f4e7c9", ("#d9a648", "#c2843b", "#c9b35a"), ("汤", "豆花", "关东煮")),
    "meat": ("#f3dccf", ("#a8482a", "#b9602f", "#8f3d26"), ()),
    "greens": ("#e2edd8", ("#6f9f4d", "#86b05a", "#5c8c46"), ()),
    "pot": ("#f2d5cf", ("#b8352c", "#c7452f", "#a52f2a"), ()),
    "cup": ("#d9e8f1", ("#8a5a3b", "#c9803e", "#e6d7b8", "#d7695b"), ()),
    "fruit": ("#fae3d3", ("#d9503f", "#e98a3a"), ()),
    "packet": ("#f4e0ea", ("#c75a87", "#d98a3a", "#5a86b8"), ()),
    "book": ("#dde5f2", ("#4a6da7", "#5f8f7a", "#8a6aa7"), ()),
    "bottle": ("#e6e1f1", ("#7a68aa", "#5f93a8", "#a8728d"), ()),
}
OF_CATEGORY = {
    "staple": "rice",
    "meat": "meat",
    "vegetable": "greens",
    "soup": "soup",
    "noodle": "noodles",
    "pot": "pot",
    "drink": "cup",
    "fruit": "fruit",
    "snack": "packet",
    "paper": "book",
    "daily": "bottle",
}
#: Categories whose products get different pictures by name, such as a noodle counter that also sells buns.
BY_NAME = {
    "noodle": ("bun", "soup", "noodles", "rice"),
    "snack": ("rice", "noodles", "soup"),
    "drink": ("rice",),
}
#: Words in the name that select the colour.
COLOUR_HINTS = (
    (("豆浆", "牛奶", "酸奶"), "#f7f0df"),
    (("柠檬",), "#f0d860"),
    (("可乐", "咖啡"), "#6b4430"),
    (("茶",), "#c9803e"),
    (("水",), "#9cc9e6"),
)


def picture(category: str, name: str) -> str:
    """An SVG of 128 x 128 pixels for a product. The same name always gives the same picture."""
    rng = Random(name)
    kind = OF_CATEGORY[category]
    for other in BY_NAME.get(category, ()):
        if any(word in name for word in TINTS[other][2]):
            kind = other
            break
    background, colours, _words = TINTS[kind]
    colour = rng.choice(colours)
    if kind == "cup":
        hints = (hint for words, hint in COLOUR_HINTS if any(word in name for word in words))
        colour = next(hints, colour)
    body = DRAWN[kind](rng, colour)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 128 128" width="128" height="128">'
        f'<rect width="128" height="128" fill="{background}"/>{body}</svg>'
    )


def _bowl(inside: str, accent: str) -> str:
    return BOWL_BACK + inside + BOWL_FRONT.format(accent=accent)


def _herbs(rng: Random, left: int, right: int, top: int, bottom: int) -> str:
    places = {}
    for number in (1, 2, 3):
        places[f"x{number}"] = rng.randrange(left, right)
        places[f"y{number}"] = rng.randrange(top, bottom)
    return HERBS.format(**places)


def _rice(rng: Random, colour: str) -> str:
    mound = f'<path d="M24 54c4-26 20-36 40-36s36 10 40 36c-14 10-66 10-80 0z" fill="{colour}"/>'
    grains = "".join(
        f'<ellipse cx="{rng.randrange(40, 88)}" cy="{rng.randrange(28, 54)}" rx="3" ry="1.4" fill="#00000018"/>'
        for _grain in range(9)
    )
    return _bowl(mound + grains, "#4a7aa8")


def _bun(rng: Random, colour: str) -> str:
    folds = "".join(f'<path d="M64 44q{dx} 8 {dx * 2} 22"/>' for dx in (-14, -7, 0, 7, 14))
    return (
        PLATE
        + f'<path d="M30 78c0-24 16-36 34-36s34 12 34 36c-8 8-60 8-68 0z" fill="{colour}"/>'
        + f'<g stroke="#d8b98a" stroke-width="2" fill="none">{folds}</g><circle cx="64" cy="43" r="4" fill="#e6cda4"/>'
    )


def _noodles(rng: Random, colour: str) -> str:
    broth = (
        f'<ellipse cx="64" cy="53" rx="41" ry="14" fill="{rng.choice(("#d58a3c", "#c9702f", "#e0a860"))}"/>'
    )
    lines = "".join(
        f'<path d="M{30 + 5 * n} {50 + rng.randrange(4)}q12 -{rng.randrange(6, 12)} 24 0t22 0" '
        f'stroke="{colour}" stroke-width="3" fill="none" stroke-linecap="round"/>'
        for n in range(4)
    )
    return _bowl(broth + lines + _herbs(rng, 40, 90, 46, 60), "#b4453a") + CHOPSTICKS


def _soup(rng: Random, colour: str) -> str:
    broth = f'<ellipse cx="64" cy="53" rx="41" ry="14" fill="{colour}"/>'
    bits = "".join(
        f'<ellipse cx="{rng.randrange(34, 94)}" cy="{rng.randrange(47, 59)}" rx="6" ry="2.6" fill="#f5e7a9"/>'
        for _bit in range(5)
    )
    return STEAM + _bowl(broth + bits + _herbs(rng, 36, 92, 47, 60), "#4f8a6d")


def _meat(rng: Random, colour: str) -> str:
    sauce = f'<ellipse cx="64" cy="69" rx="33" ry="23" fill="{colour}" opacity=".35"/>'
    chunks = ""
    for x, y in ((46, 62), (64, 54), (82, 62), (54, 76), (74, 77), (64, 67)):
        turn = rng.randrange(-25, 25)
        chunks += (
            f'<g transform="rotate({turn} {x} {y})"><rect x="{x - 10}" y="{y - 7}" width="20" height="14" rx="5" fill="{colour}"/>'
            f'<rect x="{x - 8}" y="{y - 5}" width="12" height="3" rx="1.5" fill="#ffffff40"/></g>'
        )
    return PLATE + sauce + chunks + _herbs(rng, 42, 86, 52, 84)


def _greens(rng: Random, colour: str) -> str:
    leaves = ""
    for x, y in ((46, 66), (58, 58), (70, 60), (82, 68), (54, 78), (70, 80), (63, 69)):
        turn = rng.randrange(0, 180)
        leaves += (
            f'<g transform="rotate({turn} {x} {y})"><ellipse cx="{x}" cy="{y}" rx="15" ry="7" fill="{colour}"/>'
            f'<path d="M{x - 13} {y}h26" stroke="#ffffff66" stroke-width="1.6"/></g>'
        )
    other = rng.choice(("#d9513d", "#e6b94a", "#f4f0e2"))
    spots = "".join(
        f'<circle cx="{rng.randrange(46, 84)}" cy="{rng.randrange(56, 82)}" r="3.4" fill="{other}"/>'
        for _spot in range(4)
    )
    return PLATE + leaves + spots


def _pot(rng: Random, colour: str) -> str:
    bits = "".join(
        f'<circle cx="{rng.randrange(36, 92)}" cy="{rng.randrange(52, 78)}" r="{rng.randrange(4, 8)}" fill="{tint}"/>'
        for tint in ("#f0e2c4", "#7fa654", "#e8b44a", "#f0e2c4", "#7fa654", "#8a5a3a", "#e8b44a")
    )
    return (
        '<ellipse cx="64" cy="72" rx="54" ry="38" fill="#00000018"/>'
        '<rect x="4" y="58" width="14" height="12" rx="6" fill="#3a3a3f"/><rect x="110" y="58" width="14" height="12" rx="6" fill="#3a3a3f"/>'
        '<ellipse cx="64" cy="67" rx="50" ry="37" fill="#3a3a3f"/>'
        f'<ellipse cx="64" cy="65" rx="42" ry="29" fill="{colour}"/>{bits}' + _herbs(rng, 38, 90, 50, 80)
    )


def _cup(rng: Random, colour: str) -> str:
    return (
        '<path d="M74 12l8-4 3 5-7 4-6 26h-5z" fill="#d9655a"/>'
        '<path d="M36 40h56l-7 70c-1 6-4 8-9 8H52c-5 0-8-2-9-8z" fill="#ffffffd9"/>'
        f'<path d="M38.500 56h51l-5.500 53c-.6 4-3 6-7 6H51c-4 0-6-2-6.500-6z" fill="{colour}"/>'
        '<rect x="32" y="34" width="64" height="9" rx="4" fill="#fff"/>'
        f'<path d="M46 64l4 42" stroke="#ffffff66" stroke-width="5" stroke-linecap="round"/>'
    )


def _fruit(rng: Random, colour: str) -> str:
    return (
        PLATE
        + f'<path d="M64 46c-8-7-27-4-27 17 0 17 14 29 27 23 13 6 27-6 27-23 0-21-19-24-27-17z" fill="{colour}"/>'
        + '<path d="M64 46c0-8 2-13 7-17" stroke="#6b4a2b" stroke-width="3.4" fill="none" stroke-linecap="round"/>'
        + '<path d="M70 36c4-8 12-9 18-7-2 7-9 11-18 7z" fill="#6f9f4d"/><ellipse cx="49" cy="59" rx="4" ry="8" fill="#ffffff55"/>'
    )


def _packet(rng: Random, colour: str) -> str:
    return (
        f'<path d="M34 18h60l-4 12c4 22 4 46 0 68l4 12H34l4-12c-4-22-4-46 0-68z" fill="{colour}"/>'
        '<path d="M34 18h60l-3 9H37zM37 101h54l3 9H34z" fill="#00000022"/>'
        '<ellipse cx="64" cy="62" rx="20" ry="16" fill="#fff3d9"/>'
        f'<circle cx="58" cy="60" r="6" fill="{colour}" opacity=".7"/><circle cx="70" cy="65" r="5" fill="{colour}" opacity=".5"/>'
    )


def _book(rng: Random, colour: str) -> str:
    return (
        f'<rect x="28" y="20" width="58" height="88" rx="5" fill="{colour}"/><rect x="28" y="20" width="11" height="88" rx="4" fill="#00000022"/>'
        '<rect x="48" y="36" width="28" height="16" rx="2" fill="#ffffffcc"/>'
        '<path d="M52 42h20M52 47h14" stroke="#8a94a6" stroke-width="2"/>'
        '<g transform="rotate(24 98 70)"><rect x="94" y="30" width="9" height="62" rx="2" fill="#e8b44a"/>'
        '<path d="M94 92h9l-4.500 14z" fill="#f0ddb8"/><rect x="94" y="26" width="9" height="8" rx="2" fill="#d9655a"/></g>'
    )


def _bottle(rng: Random, colour: str) -> str:
    return (
        f'<rect x="54" y="12" width="20" height="14" rx="3" fill="#fff"/><path d="M52 26h24v8c10 5 14 12 14 24v46c0 6-4 10-10 10H48c-6 0-10-4-10-10V58c0-12 4-19 14-24z" fill="{colour}"/>'
        '<rect x="44" y="62" width="40" height="30" rx="4" fill="#ffffffd9"/>'
        f'<path d="M52 72h24M52 80h16" stroke="{colour}" stroke-width="3" stroke-linecap="round"/>'
    )


DRAWN = {
    "rice": _rice,
    "bun": _bun,
    "noodles": _noodles,
    "soup": _soup,
    "meat": _meat,
    "greens": _greens,
    "pot": _pot,
    "cup": _cup,
    "fruit": _fruit,
    "packet": _packet,
    "book": _book,
    "bottle": _bottle,
}
