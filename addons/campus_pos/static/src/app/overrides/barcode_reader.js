import { patch } from "@web/core/utils/patch";
import { BarcodeReader } from "@point_of_sale/app/services/barcode_reader_service";
import { receiveScans } from "../card/proxy_scans";

patch(BarcodeReader.prototype, {
    /**
     * Take every scan, whatever the nomenclature would make of it: a card's number may look
     * like a product's. Returns a function that ends this.
     */
    listenRaw(callback) {
        this.rawListener = callback;
        return () => {
            if (this.rawListener === callback) {
                this.rawListener = null;
            }
        };
    },

    async _scan(code) {
        if (code && this.rawListener) {
            return this.rawListener(code);
        }
        return super._scan(...arguments);
    },

    /**
     * The digits of a card may look like a product's, a customer's or a cashier's number.
     * What turned out to be none of them may still be a card.
     */
    showNotFoundNotification(parsedBarcode) {
        if (!this.cardFallback?.(parsedBarcode.code)) {
            super.showNotFoundNotification(...arguments);
        }
    },

    async waitForBarcode() {
        await receiveScans({
            isWanted: () => this.remoteScanning,
            ask: () => this.hardwareProxy.message("scanner"),
            reconnect: () => this._reconnectToProxy(),
            scan: (code) => this.scan(code),
        });
        this.remoteActive = 0;
    },

    /** A proxy that was there once is watched by Odoo itself; one that never was is not. */
    async _reconnectToProxy() {
        const proxy = this.hardwareProxy;
        if (!proxy.keptalive) {
            await proxy.autoConnect({ force_ip: proxy.pos.config.proxy_ip });
        }
    },
});
