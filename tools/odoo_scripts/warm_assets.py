"""Compiles the browser code of the first pages, so that the first visitor does not wait for it."""

import os

BUNDLES = (
    "web.assets_web",
    "web.assets_web_print",
    "web.assets_backend_lazy",
    "web.assets_frontend",
    "web.assets_frontend_minimal",
    "web.assets_frontend_lazy",
    "point_of_sale.assets_prod",
    "bus.websocket_worker_assets",
    "web.assets_emoji",
    "web.chartjs_lib",
)
# Pages for paper.
PREFIXED = ("web.report_assets_common", "web.report_assets_pdf")
# Odoo's own tests open pages with these, and so do ours.
TESTS = ("web.assets_tests", "web_tour.automatic", "web_tour.interactive")
bundles = [*BUNDLES, *PREFIXED, *(TESTS if os.environ.get("CAMPUS_WARM") == "tests" else ())]
qweb = env["ir.qweb"].with_context(lang="zh_CN")
for bundle in bundles:
    assets = qweb._get_asset_bundle(bundle, css=True, js=True, autoprefix=bundle in PREFIXED)
    if assets.stylesheets:
        assets.css()
    if assets.javascripts or assets.templates:
        assets.js()
env.cr.commit()
# Nobody has a page open that has to hear of it.
env["bus.bus"].search([]).unlink()
env.cr.commit()
