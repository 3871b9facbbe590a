"""Lays out sums as stacked bars. Pure: no Odoo. It takes whole cents and returns positions for an SVG."""

from collections import namedtuple

WIDTH, HEIGHT, GAP = 320, 140, 4
COLOURS = 5

#: ``y`` and ``height`` count from the top. ``colour`` 0 to 4 stands for one merchant each, 5 for all other
#: merchants.
Bar = namedtuple("Bar", "x y width height colour title")
Tick = namedtuple("Tick", "x label")
Chart = namedtuple("Chart", "bars ticks peak_minor legend width height")


def stack(buckets, names):
    """Lay out the bars. The merchants with the most money get colours of their own.

    :param buckets: ``[(label, {merchant: cents})]``, in order; sums below zero (refunds) show as nothing
    :param names: ``{merchant: name}``
    :return: :class:`Chart`; ``legend`` is ``[(colour, name, cents)]``
    """
    totals = {}
    for _label, sums in buckets:
        for merchant, minor in sums.items():
            totals[merchant] = totals.get(merchant, 0) + minor
    ranked = sorted(
        (merchant for merchant in totals if totals[merchant] > 0),
        key=lambda merchant: (-totals[merchant], str(merchant)),
    )
    colour_of = {merchant: min(rank, COLOURS) for rank, merchant in enumerate(ranked)}
    peak = max((sum(max(minor, 0) for minor in sums.values()) for _label, sums in buckets), default=0)
    step = WIDTH / max(len(buckets), 1)
    bars, ticks = [], []
    for index, (label, sums) in enumerate(buckets):
        ticks.append(Tick(round(step * (index + 0.5), 1), label))
        base = HEIGHT
        for merchant in ranked:
            height = max(sums.get(merchant, 0), 0) * HEIGHT / peak if peak else 0
            if height:
                base -= height
                bars.append(
                    Bar(
                        round(step * index + GAP / 2, 1),
                        round(base, 1),
                        round(step - GAP, 1),
                        round(height, 1),
                        colour_of[merchant],
                        f"{names.get(merchant, '')} {label}",
                    )
                )
    return Chart(bars, ticks, peak, _legend(ranked, totals, names), WIDTH, HEIGHT)


def _legend(ranked, totals, names):
    shown = [
        (rank, names.get(merchant, ""), totals[merchant]) for rank, merchant in enumerate(ranked[:COLOURS])
    ]
    rest = sum(totals[merchant] for merchant in ranked[COLOURS:])
    return [*shown, (COLOURS, None, rest)] if rest else shown
