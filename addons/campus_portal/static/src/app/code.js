/**
 * The code of this phone, made without a network. The layout of its bytes is that of
 * `campus_core/credentials/qr_code.py`: certificate (117) ‖ step (4) ‖ r ‖ s (64), in base32 behind `CC1.`.
 */
export const STEP_MS = 10_000;
const PREFIX = "CC1.";
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const DOMAIN = new TextEncoder().encode("campus-code-v1\0");
const ENROL_DOMAIN = new TextEncoder().encode("campus-enrol-v1\0");
const ECDSA = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

function join(...parts) {
    const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
    let at = 0;
    for (const part of parts) {
        bytes.set(part, at);
        at += part.length;
    }
    return bytes;
}

function base32(bytes) {
    let text = "";
    let bits = 0;
    let value = 0;
    for (const byte of bytes) {
        value = (value << 8) | byte;
        bits += 8;
        while (bits >= 5) {
            bits -= 5;
            text += BASE32[(value >>> bits) & 31];
        }
        value &= (1 << bits) - 1;
    }
    return text;
}

export function fromBase64(text) {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

function toBase64(bytes) {
    return btoa(String.fromCharCode(...bytes));
}

/** Whether this browser can keep a key that no script can read. */
export function canKeepKeys() {
    return Boolean(window.isSecureContext && window.crypto?.subtle && window.indexedDB);
}

export async function makeKeys() {
    return crypto.subtle.generateKey(ECDSA, false, ["sign", "verify"]);
}

/** `{x, y, proof}`: the public key, and the signature over the server's challenge. */
export async function prove(keys, challenge) {
    const { x, y } = await crypto.subtle.exportKey("jwk", keys.publicKey);
    const message = join(ENROL_DOMAIN, new TextEncoder().encode(challenge));
    const proof = new Uint8Array(await crypto.subtle.sign(ECDSA, keys.privateKey, message));
    return { x, y, proof: toBase64(proof) };
}

/** The number of the step at `nowMs` by the server's clock. */
export function stepOf(nowMs) {
    return Math.floor(nowMs / STEP_MS);
}

/** The text of the code for `step`. */
export async function codeText(phone, step) {
    const number = new Uint8Array(4);
    new DataView(number.buffer).setUint32(0, step);
    const message = join(DOMAIN, phone.certificate, number);
    const signature = new Uint8Array(
        await crypto.subtle.sign(ECDSA, phone.keys.privateKey, message)
    );
    return PREFIX + base32(join(phone.certificate, number, signature));
}
