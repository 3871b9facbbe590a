/** Makes this phone a card, and renews its certificate in time. */
import { canKeepKeys, fromBase64, makeKeys, prove } from "./code.js";
import { post } from "./form.js";
import { canKeep, load, save } from "./store.js";

/** A certificate is renewed when this much of its life is over. */
const RENEW_SHARE = 0.15;

/** What is stored for `holder`, null when this browser can or does keep nothing. */
export async function stored(holder) {
    if (!canKeepKeys()) {
        return null;
    }
    return (await load(holder)) || null;
}

/** By how much the server's clock is ahead; the phone's own may be minutes off. */
export function nowMs(phone) {
    return Date.now() + (phone?.aheadMs || 0);
}

/** Where a holder's phone becomes a card. A visitor's page names an address of its own. */
const OWN = "/my/card/phone";

/** Ask the server for a certificate; `{code}` says how it went, `ok` when the phone is the card,
 *  `cannot_keep` (and nothing was asked) when this browser stores no keys. */
export async function enrol(holder, token, { move = false, at = OWN } = {}) {
    const old = await stored(holder);
    const keys = old?.keys || (await makeKeys());
    // Check first that this browser can store the key: otherwise the phone could not pay later.
    if (!old && !(await canKeep(keys))) {
        return { code: "cannot_keep" };
    }
    const asked = await post(`${at}/challenge`, {}, token);
    if (asked.code !== "ok") {
        return asked;
    }
    const proof = await prove(keys, asked.challenge);
    const values = { ...proof, challenge: asked.challenge, move: move ? "1" : "" };
    const answer = await post(at, values, token);
    if (answer.code === "ok") {
        await save(holder, {
            keys,
            certificate: fromBase64(answer.certificate),
            notBeforeMs: answer.not_before_ms,
            expiresMs: answer.expires_ms,
            aheadMs: answer.server_time_ms - Date.now(),
        });
    }
    return answer;
}

export function isExpired(phone) {
    return nowMs(phone) >= phone.expiresMs;
}

export function isAging(phone) {
    const life = phone.expiresMs - phone.notBeforeMs;
    return nowMs(phone) > phone.notBeforeMs + life * RENEW_SHARE;
}
