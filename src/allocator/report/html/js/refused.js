// A rule that cannot be worked out: the key of the sentence that says why, and what is to be filled in.
export class Refused extends Error {
    constructor(key, details = {}) {
        super(key);
        this.key = key;
        this.details = details;
    }
}
