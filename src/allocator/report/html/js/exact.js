// Exact numbers: a fraction is {n, d}, two BigInts in lowest terms with d > 0. No figure of money is ever a float.

export function fraction(n, d = 1n) {
    if (d < 0n) { n = -n; d = -d; }
    const shared = d === 1n ? 1n : gcd(n < 0n ? -n : n, d);
    return shared === 1n ? {n, d} : {n: n / shared, d: d / shared};
}

export function gcd(a, b) {
    while (b) [a, b] = [b, a % b];
    return a;
}

export function lcm(a, b) {
    return a / gcd(a, b) * b;
}

export const ZERO = fraction(0n), HUNDRED = fraction(100n);

// The number written as "12", "-3.50" or "1/3".
export function read(text) {
    const [above, below] = text.split("/");
    if (below !== undefined) return fraction(BigInt(above), BigInt(below));
    const [whole, decimals = ""] = above.split(".");
    return fraction(BigInt(whole + decimals), 10n ** BigInt(decimals.length));
}

export function written({n, d}) {
    return d === 1n ? String(n) : `${n}/${d}`;
}

export const plus = (a, b) => fraction(a.n * b.d + b.n * a.d, a.d * b.d);
export const minus = (a, b) => fraction(a.n * b.d - b.n * a.d, a.d * b.d);
export const times = (a, b) => fraction(a.n * b.n, a.d * b.d);
export const over = (a, b) => fraction(a.n * b.d, a.d * b.n);
export const sign = a => (a.n > 0n ? 1 : a.n < 0n ? -1 : 0);
export const size = a => (a.n < 0n ? {n: -a.n, d: a.d} : a);

// Below zero where a is less than b, above where it is more.
export function compare(a, b) {
    const apart = a.n * b.d - b.n * a.d;
    return apart < 0n ? -1 : apart > 0n ? 1 : 0;
}

export function sum(fractions) {
    const {n, d} = scaled(fractions);
    return fraction(n.reduce((a, b) => a + b, 0n), d);
}

// Fractions as whole numbers over one denominator: {n: [...], d}.
export function scaled(fractions) {
    const d = fractions.reduce((all, one) => (all % one.d ? lcm(all, one.d) : all), 1n);
    return {n: fractions.map(one => one.n * (d / one.d)), d};
}

export function floorDiv(a, b) {  // b > 0
    const whole = a / b;
    return a < 0n && whole * b !== a ? whole - 1n : whole;
}

export function total(integers) {
    let all = 0n;
    for (const one of integers) all += one;
    return all;
}

// For drawing alone: a chart's pixels need no more than a float holds.
export function float({n, d}) {
    return Number(n * 1000000n / d) / 1e6;
}
