/* global ZXing */
import { browser } from "@web/core/browser/browser";
import { BarcodeVideoScanner } from "@web/core/barcode/barcode_video_scanner";
import { CropOverlay } from "@web/core/barcode/crop_overlay";
import { patch } from "@web/core/utils/patch";

const SHARE = 0.9;
// Some codes are found only in a smaller picture.
const SCALES = [0.75, 0.5];

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

/**
 * Browsers without a reader of their own use ZXing, which overlooks a code with as many squares as
 * a phone's in one size of the picture and finds it in another.
 */
patch(BarcodeVideoScanner.prototype, {
    async detectCode() {
        if (this.isZXingBarcodeDetector() && !Object.hasOwn(this.detector, "detect")) {
            const { detector } = this;
            const detect = detector.detect.bind(detector);
            detector.detect = async (video) => {
                const found = await detect(video);
                return found.length ? found : detectSmaller(detector, video);
            };
        }
        return super.detectCode(...arguments);
    },
});

function detectSmaller(detector, video) {
    const whole = { x: 0, y: 0, width: video.videoWidth, height: video.videoHeight };
    const { x, y, width, height } = detector.cropArea || whole;
    for (const scale of SCALES) {
        const canvas = document.createElement("canvas");
        canvas.width = Math.round(width * scale);
        canvas.height = Math.round(height * scale);
        const context = canvas.getContext("2d");
        context.drawImage(video, x, y, width, height, 0, 0, canvas.width, canvas.height);
        const source = new ZXing.HTMLCanvasElementLuminanceSource(canvas);
        const picture = new ZXing.BinaryBitmap(new ZXing.HybridBinarizer(source));
        try {
            return [{ rawValue: detector.reader.decodeWithState(picture).getText() }];
        } catch {
            // nothing in this size
        }
    }
    return [];
}
