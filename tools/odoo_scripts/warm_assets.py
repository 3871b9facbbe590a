"""Compiles the browser code of the first pages, so that the first visitor does not wait for it."""

BUNDLES = (
    "web.assets_web",
    "web.assets_web_print",
    "web.assets_backend_lazy",
    "web.assets_frontend",
    "web.assets_frontend_minimal",
    "web.assets_frontend_lazy",
    "point_of_sale.assets_prod",
)
qweb = env["ir.qweb"].with_context(lang="zh_CN")
for bundle in BUNDLES:
    assets = qweb._get_asset_bundle(bundle, css=True, js=True)
    assets.css()
    assets.js()
env.cr.commit()
