// SHA-256 of a text in UTF-8, in hexadecimal (FIPS 180-4). The browser's own is not there for every file and address.

const FIRST = [2, 3, 5, 7, 11, 13, 17, 19];
const ROUNDS = primes(64).map(p => decimalsOf(Math.cbrt(p)));

function decimalsOf(root) {
    return Math.floor((root - Math.floor(root)) * 2 ** 32) | 0;
}

function primes(count) {
    const found = [];
    for (let n = 2; found.length < count; n++) if (found.every(p => n % p)) found.push(n);
    return found;
}

export function sha256(text) {
    const bytes = new TextEncoder().encode(text);
    const blocks = (bytes.length + 9 + 63) >> 6;
    const padded = new Uint8Array(blocks * 64);
    padded.set(bytes);
    padded[bytes.length] = 0x80;
    const words = new DataView(padded.buffer);
    words.setUint32(padded.length - 8, Math.floor(bytes.length / 2 ** 29));
    words.setUint32(padded.length - 4, (bytes.length << 3) >>> 0);
    const state = FIRST.map(p => decimalsOf(Math.sqrt(p)));
    for (let at = 0; at < padded.length; at += 64) block(state, words, at);
    return state.map(word => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

const turned = (x, by) => (x >>> by) | (x << (32 - by));
const W = new Int32Array(64);

function block(state, words, at) {
    for (let t = 0; t < 16; t++) W[t] = words.getInt32(at + 4 * t);
    for (let t = 16; t < 64; t++) {
        const x = W[t - 15], y = W[t - 2];
        const s0 = turned(x, 7) ^ turned(x, 18) ^ (x >>> 3), s1 = turned(y, 17) ^ turned(y, 19) ^ (y >>> 10);
        W[t] = (W[t - 16] + s0 + W[t - 7] + s1) | 0;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let t = 0; t < 64; t++) {
        const s1 = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25), chosen = (e & f) ^ (~e & g);
        const one = (h + s1 + chosen + ROUNDS[t] + W[t]) | 0;
        const s0 = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22), most = (a & b) ^ (a & c) ^ (b & c);
        [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + s0 + most) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((word, i) => { state[i] = (state[i] + word) | 0; });
}
