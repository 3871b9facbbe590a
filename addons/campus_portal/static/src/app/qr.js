/**
 * QR codes (ISO/IEC 18004) of texts in the alphanumeric mode, error correction M.
 * `encode(text)` gives rows of booleans, dark is true; `draw(text)` the path of an SVG.
 */
import { ALIGNMENT, BLOCKS, CODEWORDS, ECC_PER_BLOCK, LETTERS, VERSION_MAX } from "./qr_tables.js";

const QUIET = 4;
/** Bits that state the error correction M in the format information. */
const LEVEL_BITS = 0;

// -- data -> codewords ---------------------------------------------------------------

function dataCodewords(version) {
    return CODEWORDS[version] - ECC_PER_BLOCK[version] * BLOCKS[version];
}

function countBits(version) {
    return version < 10 ? 9 : 11;
}

function versionFor(length) {
    const bits = 11 * Math.floor(length / 2) + 6 * (length % 2);
    for (let version = 1; version <= VERSION_MAX; version++) {
        if (4 + countBits(version) + bits <= 8 * dataCodewords(version)) {
            return version;
        }
    }
    throw new RangeError("too long for a QR code");
}

function pushBits(bits, value, length) {
    for (let i = length - 1; i >= 0; i--) {
        bits.push((value >>> i) & 1);
    }
}

function encodeData(text, version) {
    const bits = [];
    pushBits(bits, 2, 4);
    pushBits(bits, text.length, countBits(version));
    for (let i = 0; i < text.length; i += 2) {
        const values = [...text.slice(i, i + 2)].map((letter) => LETTERS.indexOf(letter));
        if (values.includes(-1)) {
            throw new RangeError("a letter that the alphanumeric mode does not have");
        }
        pushBits(
            bits,
            values.length === 2 ? values[0] * 45 + values[1] : values[0],
            values.length === 2 ? 11 : 6
        );
    }
    const capacity = 8 * dataCodewords(version);
    pushBits(bits, 0, Math.min(4, capacity - bits.length));
    pushBits(bits, 0, (8 - (bits.length % 8)) % 8);
    const bytes = [];
    for (let i = 0; i < bits.length; i += 8) {
        bytes.push(parseInt(bits.slice(i, i + 8).join(""), 2));
    }
    for (let pad = 0xec; bytes.length < dataCodewords(version); pad ^= 0xec ^ 0x11) {
        bytes.push(pad);
    }
    return bytes;
}

// -- Reed-Solomon over GF(256), polynomial 0x11d ---------------------------------------

function multiply(x, y) {
    let product = 0;
    for (let i = 7; i >= 0; i--) {
        product = (product << 1) ^ ((product >>> 7) * 0x11d);
        product ^= ((y >>> i) & 1) * x;
    }
    return product;
}

function generator(degree) {
    const result = new Array(degree - 1).fill(0).concat(1);
    let root = 1;
    for (let i = 0; i < degree; i++) {
        for (let j = 0; j < degree; j++) {
            result[j] = multiply(result[j], root);
            if (j + 1 < degree) {
                result[j] ^= result[j + 1];
            }
        }
        root = multiply(root, 2);
    }
    return result;
}

function remainder(data, divisor) {
    const result = divisor.map(() => 0);
    for (const byte of data) {
        const factor = byte ^ result.shift();
        result.push(0);
        divisor.forEach((coefficient, i) => (result[i] ^= multiply(coefficient, factor)));
    }
    return result;
}

function interleave(data, version) {
    const blocks = BLOCKS[version];
    const eccLength = ECC_PER_BLOCK[version];
    const shortBlocks = blocks - (CODEWORDS[version] % blocks);
    const shortLength = Math.floor(CODEWORDS[version] / blocks) - eccLength;
    const divisor = generator(eccLength);
    const parts = [];
    for (let i = 0, start = 0; i < blocks; i++) {
        const length = shortLength + (i < shortBlocks ? 0 : 1);
        const block = data.slice(start, start + length);
        parts.push({ block, ecc: remainder(block, divisor) });
        start += length;
    }
    const result = [];
    for (let i = 0; i <= shortLength; i++) {
        parts.forEach(({ block }) => i < block.length && result.push(block[i]));
    }
    for (let i = 0; i < eccLength; i++) {
        parts.forEach(({ ecc }) => result.push(ecc[i]));
    }
    return result;
}

// -- the square --------------------------------------------------------------------------

class Square {
    constructor(version) {
        this.version = version;
        this.size = version * 4 + 17;
        this.dark = Array.from({ length: this.size }, () => new Array(this.size).fill(false));
        this.fixed = Array.from({ length: this.size }, () => new Array(this.size).fill(false));
        this._drawPatterns();
    }

    _set(x, y, dark) {
        if (x >= 0 && y >= 0 && x < this.size && y < this.size) {
            this.dark[y][x] = dark;
            this.fixed[y][x] = true;
        }
    }

    _drawPatterns() {
        for (let i = 0; i < this.size; i++) {
            this._set(6, i, i % 2 === 0);
            this._set(i, 6, i % 2 === 0);
        }
        const far = this.size - 4;
        for (const [x, y] of [
            [3, 3],
            [far, 3],
            [3, far],
        ]) {
            this._drawRings(x, y, 4, [2, 4]);
        }
        const centres = ALIGNMENT[this.version];
        const last = centres.length - 1;
        centres.forEach((x, i) =>
            centres.forEach((y, j) => {
                const isFinder = (i === 0 && (j === 0 || j === last)) || (i === last && j === 0);
                if (!isFinder) {
                    this._drawRings(x, y, 2, [1]);
                }
            })
        );
        this.drawFormat(0);
        this._drawVersion();
    }

    /** Squares around a centre; those at the distances in `light` are light. */
    _drawRings(x, y, radius, light) {
        for (let dy = -radius; dy <= radius; dy++) {
            for (let dx = -radius; dx <= radius; dx++) {
                const distance = Math.max(Math.abs(dx), Math.abs(dy));
                this._set(x + dx, y + dy, !light.includes(distance));
            }
        }
    }

    drawFormat(mask) {
        const data = (LEVEL_BITS << 3) | mask;
        let rest = data;
        for (let i = 0; i < 10; i++) {
            rest = (rest << 1) ^ ((rest >>> 9) * 0x537);
        }
        const bits = ((data << 10) | rest) ^ 0x5412;
        const bit = (i) => ((bits >>> i) & 1) !== 0;
        for (let i = 0; i <= 5; i++) {
            this._set(8, i, bit(i));
        }
        this._set(8, 7, bit(6));
        this._set(8, 8, bit(7));
        this._set(7, 8, bit(8));
        for (let i = 9; i < 15; i++) {
            this._set(14 - i, 8, bit(i));
        }
        for (let i = 0; i < 8; i++) {
            this._set(this.size - 1 - i, 8, bit(i));
        }
        for (let i = 8; i < 15; i++) {
            this._set(8, this.size - 15 + i, bit(i));
        }
        this._set(8, this.size - 8, true);
    }

    _drawVersion() {
        if (this.version < 7) {
            return;
        }
        let rest = this.version;
        for (let i = 0; i < 12; i++) {
            rest = (rest << 1) ^ ((rest >>> 11) * 0x1f25);
        }
        const bits = (this.version << 12) | rest;
        for (let i = 0; i < 18; i++) {
            const dark = ((bits >>> i) & 1) !== 0;
            const a = this.size - 11 + (i % 3);
            const b = Math.floor(i / 3);
            this._set(a, b, dark);
            this._set(b, a, dark);
        }
    }

    /** Codewords in two columns at a time, upwards and downwards, from the right. */
    drawData(codewords) {
        let i = 0;
        for (let right = this.size - 1; right >= 1; right -= 2) {
            const column = right <= 6 ? right - 1 : right;
            const upwards = ((column + 1) & 2) === 0;
            for (let step = 0; step < this.size; step++) {
                const y = upwards ? this.size - 1 - step : step;
                for (const x of [column, column - 1]) {
                    if (!this.fixed[y][x] && i < codewords.length * 8) {
                        this.dark[y][x] = ((codewords[i >>> 3] >>> (7 - (i & 7))) & 1) !== 0;
                        i++;
                    }
                }
            }
        }
    }

    /** Mask 0, the chequerboard: texts here are signatures, as good as random under any mask. */
    mask() {
        for (let y = 0; y < this.size; y++) {
            for (let x = 0; x < this.size; x++) {
                this.dark[y][x] = this.dark[y][x] !== (!this.fixed[y][x] && (x + y) % 2 === 0);
            }
        }
    }
}

/** Rows of booleans for `text`; a `RangeError` when it has other letters or too many. */
export function encode(text) {
    const version = versionFor(text.length);
    const square = new Square(version);
    square.drawData(interleave(encodeData(text, version), version));
    square.mask();
    return square.dark;
}

/** `{size, path}`: the path of an SVG whose view box is `size` wide, the quiet zone with it. */
export function draw(text) {
    const rows = encode(text);
    const runs = [];
    rows.forEach((row, y) => {
        for (let x = 0; x < row.length; x++) {
            let end = x;
            while (end < row.length && row[end]) {
                end++;
            }
            if (end > x) {
                runs.push(`M${x + QUIET} ${y + QUIET}h${end - x}v1h${x - end}z`);
                x = end;
            }
        }
    });
    return { size: rows.length + 2 * QUIET, path: runs.join("") };
}
