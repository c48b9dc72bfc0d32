// Elements of the page. Whatever comes from data goes in as text, never as markup.

export function el(tag, has = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(has)) {
        if (value === null || value === undefined || value === false) continue;
        if (name === "on") for (const [event, heard] of Object.entries(value)) made.addEventListener(event, heard);
        else if (name === "style") for (const [rule, text] of Object.entries(value)) made.style.setProperty(rule, text);
        else if (name === "value" || name === "checked" || name === "disabled") made[name] = value;
        else made.setAttribute(name, value === true ? "" : value);
    }
    add(made, children);
    return made;
}

export function add(to, children) {
    for (const child of children.flat(3)) {
        if (child === null || child === undefined || child === false) continue;
        to.append(child instanceof Node ? child : document.createTextNode(child));
    }
}

export function fill(to, ...children) {
    to.textContent = "";
    add(to, children);
}

// A name as data gives it, whichever way it is written.
export function named(name) {
    return el("bdi", {}, name);
}
