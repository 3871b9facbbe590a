from odoo.tests import BaseCase, tagged

from ..chart import COLOURS, HEIGHT, WIDTH, stack


@tagged("post_install", "-at_install")
class TestChart(BaseCase):
    """Sums become bars of the right height."""

    def test_the_highest_bucket_fills_the_chart(self):
        chart = stack([("a", {1: 300, 2: 100}), ("b", {1: 200})], {1: "One", 2: "Two"})
        self.assertEqual(chart.peak_minor, 400)
        first = [bar for bar in chart.bars if bar.x < WIDTH / 2]
        self.assertAlmostEqual(sum(bar.height for bar in first), HEIGHT)
        self.assertAlmostEqual(min(bar.y for bar in first), 0)
        self.assertEqual(chart.legend, [(0, "One", 500), (1, "Two", 100)])

    def test_many_merchants_share_the_last_colour(self):
        sums = {merchant: 100 - merchant for merchant in range(9)}
        chart = stack([("a", sums)], {})
        self.assertEqual(len(chart.legend), COLOURS + 1)
        self.assertEqual(sum(minor for _colour, _name, minor in chart.legend), sum(sums.values()))

    def test_refunds_and_nothing_are_no_bars(self):
        self.assertFalse(stack([], {}).bars)
        self.assertFalse(stack([("a", {1: -5})], {}).bars)
