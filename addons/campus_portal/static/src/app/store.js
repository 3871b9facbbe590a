/** What the phone keeps for its holder in IndexedDB: the key and its certificate. */

const NAME = "campus-card";
const STORE = "phones";

function done(request) {
    return new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
}

async function store(mode) {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    const database = await done(request);
    return database.transaction(STORE, mode).objectStore(STORE);
}

/**
 * `{keys, certificate, notBeforeMs, expiresMs, phone}` of `holder`, undefined if there is none.
 * `keys` is a CryptoKeyPair whose private half no script can read.
 */
export async function load(holder) {
    return done((await store("readonly")).get(holder));
}

export async function save(holder, phone) {
    return done((await store("readwrite")).put(phone, holder));
}

export async function forget(holder) {
    return done((await store("readwrite")).delete(holder));
}

/** Whether a key survives here: some browsers refuse to store one, or store nothing at all. */
export async function canKeep(keys) {
    const name = "trial";
    try {
        await save(name, { keys });
        const { keys: kept } = await load(name);
        await forget(name);
        return kept.privateKey instanceof CryptoKey;
    } catch {
        return false;
    }
}
