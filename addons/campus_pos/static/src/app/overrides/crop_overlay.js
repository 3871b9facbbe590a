import { browser } from "@web/core/browser/browser";
import { CropOverlay } from "@web/core/barcode/crop_overlay";
import { patch } from "@web/core/utils/patch";

const SHARE = 0.9;

/**
 * What the camera looks at. Odoo's window is a narrow bar, for barcodes: the code on a phone is a
 * square, which would never fit into it. Barcodes are read in a square as well.
 */
patch(CropOverlay.prototype, {
    setup() {
        super.setup(...arguments);
        this.localStorageKey = "campus_card.scan_area";
    },

    computeDefaultPoint() {
        super.computeDefaultPoint();
        if (browser.localStorage.getItem(this.localStorageKey)) {
            return; // what the cashier has drawn
        }
        const { width, height } = this.cropContainerRef.el.firstChild.getBoundingClientRect();
        const side = SHARE * Math.min(width, height);
        this.relativePosition = { x: (width + side) / 2, y: (height + side) / 2 };
    },
});
