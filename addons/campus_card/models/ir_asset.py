from pathlib import Path

from odoo import models
from odoo.modules import Manifest

# Debian's package of Odoo leaves this file out for its licence but still names it in a bundle.
# Every backend page then logs an error, which also fails every browser test.
LEFT_OUT = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"


class IrAsset(models.Model):
    """Take a file out of the bundles where the installed Odoo does not have it."""

    _inherit = "ir.asset"

    def _get_paths(self, path_def, installed):
        if path_def == LEFT_OUT and not (Path(Manifest.for_addon("mail").path).parent / LEFT_OUT).exists():
            return []
        return super()._get_paths(path_def, installed)
