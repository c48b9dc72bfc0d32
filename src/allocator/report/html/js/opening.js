// What is checked when the page opens: that nothing in it was changed, and that it computes what the program did.
import {allocate} from "./allocate.js";
import {compare} from "./exact.js";
import {sha256} from "./sha256.js";

// The embedded data, or null where it, or the fixed part of the page, is not what was made.
function embedded() {
    const data = document.getElementById("data").textContent, fixed = document.getElementById("fixed").textContent;
    const [ofData, ofFixed] = document.querySelector("meta[name=allocator-checksum]").content.split(" ");
    if (sha256(data) !== ofData || sha256(fixed) !== ofFixed) return null;
    return JSON.parse(data);
}

// Works out every option again and marks those that do not come to the program's own amounts.
export function compareWithProgram(model) {
    const checked = {same: [], apart: [], fixed: []};
    model.options.forEach((option, at) => {
        if (!option.rule) { checked.fixed.push(at); return; }
        let equal = false;
        try {
            option.found = allocate(option.rule, option.columns);
            equal = option.found.amounts.every((amount, i) => !compare(amount, option.amounts[i]));
        } catch (error) {
            console.error(error);
        }
        option.rejected = !equal;
        if (!equal) option.rule = option.file = null;
        checked[equal ? "same" : "apart"].push(at);
    });
    return checked;
}

// Starts an edition of the page with what is embedded in it; without that, or where it was changed, the fixed part stays.
export function start(Edition) {
    const notice = document.getElementById("unread");
    let content = null;
    try {
        content = embedded();
    } catch (error) {
        console.error(error);
    }
    notice.textContent = "";
    if (!content) {
        document.getElementById("changed").hidden = false;
        return;
    }
    notice.remove();
    document.getElementById("changed").remove();
    new Edition(content);
}
