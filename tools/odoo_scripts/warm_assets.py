"""Compiles the bundles of browser code once, so that the first page is not the slow one."""

env["ir.qweb"]._pregenerate_assets_bundles()
env.cr.commit()
