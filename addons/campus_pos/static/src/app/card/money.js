/**
 * The POS computes with floats in the currency's unit, the ledger with whole cents. Amounts
 * become cents here, once, on their way out, and units again only to be shown.
 */

const MINOR_PER_MAJOR = 100;

export function toMinor(amount) {
    return Math.round(amount * MINOR_PER_MAJOR);
}

export function toMajor(minor) {
    return minor / MINOR_PER_MAJOR;
}
