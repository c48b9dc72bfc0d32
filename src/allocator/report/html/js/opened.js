// The embedded data as the script uses it: columns in place of their numbers.

export function openRule(rule, columns) {
    const column = at => (at === null || at === undefined ? null : columns[at]);
    const factor = one => ({...one, values: column(one.values)});
    return {
        ...rule,
        factors: rule.factors.map(factor),
        coefficient: rule.coefficient ? factor(rule.coefficient) : null,
        earmarks: column(rule.earmarks),
        previous: column(rule.previous),
        limits: rule.limits.map(limit => ({
            ...limit,
            everybody: limit.who === "all",
            who: limit.who === "all" ? rule.members : limit.who,
            by: column(limit.by),
        })),
    };
}
