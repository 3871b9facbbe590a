"""A phone's own cryptography (WebCrypto) makes codes that a reader believes, from the layout alone."""

import json
import subprocess

import pytest
from playwright._impl._driver import compute_driver_executable

from campus_core.credentials import phone_key, qr_code, signing

# Written after the docstring of qr_code.py: nothing of ours runs in here.
PHONE = """
const crypto = globalThis.crypto ?? require("crypto").webcrypto;
const input = JSON.parse(require("fs").readFileSync(0));
const ecdsa = {name: "ECDSA", namedCurve: "P-256"};
const u32 = (n) => { const b = Buffer.alloc(4); b.writeUInt32BE(n); return b; };
function base32(raw) {
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let text = "", bits = 0, value = 0;
    for (const byte of raw) {
        value = ((value << 8) | byte) & 0xffff;
        for (bits += 8; bits >= 5; bits -= 5) text += letters[(value >>> (bits - 5)) & 31];
    }
    return text;
}
(async () => {
    const key = await crypto.subtle.importKey("jwk", input.jwk, ecdsa, false, ["sign"]);
    const certificate = Buffer.from(input.certificate, "base64url");
    const step = u32(Math.floor(input.now_ms / 10000));
    const message = Buffer.concat([Buffer.from("campus-code-v1\\0"), certificate, step]);
    const hash = {name: "ECDSA", hash: "SHA-256"};
    const signature = Buffer.from(await crypto.subtle.sign(hash, key, message));
    const made = await crypto.subtle.generateKey(ecdsa, true, ["sign"]);
    const challenge = Buffer.concat([Buffer.from("campus-enrol-v1\\0"), Buffer.from("challenge")]);
    console.log(JSON.stringify({
        text: "CC1." + base32(Buffer.concat([certificate, step, signature])),
        jwk: await crypto.subtle.exportKey("jwk", made.publicKey),
        raw: Buffer.from(await crypto.subtle.exportKey("raw", made.publicKey)).toString("hex"),
        proof: Buffer.from(await crypto.subtle.sign(hash, made.privateKey, challenge)).toString("hex"),
    }));
})();
"""
NOW_MS = 1_790_000_055_000


@pytest.fixture(scope="module")
def phone(vectors):
    data = vectors("qr_code")
    question = {
        "jwk": data["phone_private_jwk"],
        "certificate": data["certificate"]["base64url"],
        "now_ms": NOW_MS,
    }
    command = [compute_driver_executable()[0], "-e", PHONE]
    done = subprocess.run(
        command, input=json.dumps(question), capture_output=True, text=True, check=True, timeout=60
    )
    return json.loads(done.stdout)


def test_a_code_signed_by_webcrypto_is_believed(phone, vectors):
    public = signing.b64url_decode(vectors("qr_code")["campus_key"]["public"], 32)
    ring = signing.KeyRing([signing.CampusKey("k3", public)])
    code = qr_code.verify(phone["text"], ring, NOW_MS, (), qr_code.UsedSteps())
    assert code.certificate.card == 4711


def test_a_key_made_by_webcrypto_is_enrolled_by_either_export(phone):
    public = phone_key.from_jwk(phone["jwk"])
    assert public == phone_key.from_raw(bytes.fromhex(phone["raw"]))
    proof = bytes.fromhex(phone["proof"])
    assert phone_key.proves_possession(public, b"challenge", proof)
    assert not phone_key.proves_possession(public, b"challengf", proof)
