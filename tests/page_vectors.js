// Stands behind the page's modules, in their scope: works out rules given as data, and says amounts, ties, limits reached and multiplier, or why not.

function workedOut({rule, columns}) {
    try {
        const opened = openRule(rule, columns), found = allocate(opened);
        const steps = opened.members.map((_, place) => stepsOf(found, place));
        return {
            amounts: found.amounts.map(written),
            tied: found.tied,
            at: [...found.at].sort(([a], [b]) => a - b),
            multiplier: written(found.multiplier),
            entitlements: steps.map(step => written(step.entitlement)),
            limited: steps.map(step => written(step.limited)),
            factors: steps.map(step => step.factors.map(written)),
        };
    } catch (error) {
        if (error instanceof Refused) return {refused: error.key};
        throw error;
    }
}

globalThis.workedOut = workedOut;

// The title on amounts held against a base, in every language.
function titled({amounts, base, funds, names}, {languages, texts}) {
    const by = list => new Map(list.map((text, i) => [i, read(text)]));
    const found = find(by(amounts), by(base), ...funds.map(fund => (fund === null ? null : read(fund))));
    return languages.map(language => {
        const book = new Book(language, texts[language.key]);
        return title(by(amounts), found, {book, names: i => book.text(names[i]), currency: {code: "CNY"}});
    });
}

Object.assign(globalThis, {titled, sha256, agreeing: agrees, correctedTo: (own, at, text) => {
    const found = corrected(own, at, read(text));
    return found && written(found);
}});
