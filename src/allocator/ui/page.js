// What Streamlit leaves undone for people: the page's language, names for what only screen readers see,
// boxes that scroll but could not be reached by keyboard, and cells that are typed right before a button is
// pressed.  Runs at every drawing, installs itself once.
(() => {
  const page = (window.allocatorPage ??= { told: new WeakMap() });
  page.words = __WORDS__;
  document.documentElement.lang = page.words.tag;
  const all = (selector) => document.querySelectorAll(selector);
  const set = (element, name, value) => {
    if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  };
  // A name in the reader's words; labels are Markdown, and its marks would be read out.
  const inWords = (said) => {
    const { names, starts, colon } = page.words;
    const plain = said.replace(/\*\*|\\(?=[!-\/:-@[-`{-~])/g, "");
    const [head, ...rest] = plain.split(": ");
    if (names[head]) return [names[head], ...rest].join(colon);
    const start = Object.keys(starts).find((start) => plain.startsWith(start));
    return start ? starts[start] + plain.slice(start.length) : plain;
  };
  const mendNames = (element) => {
    const told = page.told.get(element) ?? {};
    for (const name of ["aria-label", "title", "placeholder"]) {
      const found = element.getAttribute(name);
      if (found === null) continue;
      // what was put into one language before is put into the other from what Streamlit had said
      const said = told[name]?.shown === found ? told[name].said : found;
      told[name] = { said, shown: inWords(said) };
      set(element, name, told[name].shown);
      const tool = element.closest(".streamlit-tool");
      if (tool && page.words.inner.includes(said.split(": ")[0])) tool.hidden = true;
    }
    page.told.set(element, told);
  };
  // Texts are known by their words; "#" stands for each number in them.
  const mendTexts = (box) => {
    const walk = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const text = walk.currentNode;
      const told = page.told.get(text);
      const said = told?.shown === text.data ? told.said : text.data;
      const numbers = said.match(/\d+/g) ?? [];
      const known = page.words.texts;
      const words = known[said.trim()] ?? known[said.trim().replace(/\d+/g, "#")];
      if (!words) continue;
      const shown = words.replace(/#/g, () => numbers.shift());
      page.told.set(text, { said, shown });
      if (text.data !== shown) text.data = shown;
    }
  };
  // What is Streamlit's own, not the page's: the skip link, upload boxes, lists, menus, windows it opens.
  const FRAME =
    ".streamlit-skip-link, .streamlit-upload, .streamlit-table label," +
    ".streamlit-list-of-many, .streamlit-list-of-one, [role=log], .streamlit-table-over," +
    ".streamlit-table-columns, [role=dialog]";
  // A form that opens is gone into, and what takes itself away hands on to what stands beside it.
  const mendFocus = () => {
    const open = document.querySelector(".streamlit-popover-open");
    const field = open?.querySelector("input, textarea, a[href]");
    if (!open) page.entered = null;
    else if (field && page.entered !== open) {
      page.entered = open;
      field.focus({ preventScroll: true });
    }
    const lost = page.tag && !page.tag.isConnected;
    if (lost && document.activeElement === document.body) {
      (document.querySelector(".st-key-tags button") ?? document.querySelector(".st-key-chips button"))?.focus();
    }
    const focused = document.activeElement;
    if (lost || focused !== document.body) page.tag = focused.closest(".st-key-tags") ? focused : null;
  };
  const mend = () => {
    const { scroll, cell, colon } = page.words;
    all("[aria-label], [title], [placeholder]").forEach(mendNames);
    all(FRAME).forEach(mendTexts);
    for (const zone of all(".streamlit-upload")) set(zone, "role", "group");
    for (const box of all(".streamlit-box")) {
      if (box.scrollHeight > box.clientHeight + 1 && getComputedStyle(box).overflowY !== "visible") {
        box.tabIndex = 0;
        set(box, "role", "region");
        const head = box.querySelector("h2, h3");
        set(box, "aria-label", head ? scroll + colon + head.textContent : scroll);
      }
    }
    for (const row of all(".st-key-pages")) {
      set(row, "role", "navigation");
      set(row, "aria-label", page.words.names["App pages"]);
    }
    for (const link of all('[class*="st-key-page-"] a')) {
      if (link.closest('[class*="-here"]')) set(link, "aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    mendFocus();
    for (const editor of all(".streamlit-table-typing")) set(editor, "aria-label", cell);
    const portal = document.querySelector(".streamlit-table-over");
    if (portal?.childElementCount) {
      set(portal, "role", "region");
      set(portal, "aria-label", cell);
    }
  };
  if (!page.mend) {
    let waiting = false;
    const later = () => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        page.mend();
      });
    };
    new MutationObserver(later).observe(document.body, {
      childList: true,
      characterData: true,
      subtree: true,
      attributeFilter: ["aria-label", "title", "placeholder"],
    });
    // An editor hands over its last cell 150 ms after it was committed.  Whatever is pressed before that waits
    // for it; what is sent again is not trusted, and therefore not held back once more.
    const EDITOR = ".streamlit-table, .streamlit-table-over";
    let typed = -Infinity;
    for (const name of ["keydown", "paste", "pointerdown", "focusout"]) {
      const note = ({ target }) => {
        const open = document.querySelector(".streamlit-table-over")?.childElementCount;
        if (open || target.closest?.(EDITOR)) typed = performance.now();
      };
      document.addEventListener(name, note, true);
    }
    const hold = (click) => {
      const { target } = click;
      if (!click.isTrusted || performance.now() - typed > 300) return;
      if (target.closest(EDITOR) || !target.closest("button, a, label, input, summary")) return;
      click.preventDefault();
      click.stopImmediatePropagation();
      setTimeout(() => target.dispatchEvent(new MouseEvent("click", click)), 250);
    };
    document.addEventListener("click", hold, true);
    // A refresh forgets tables that were uploaded for a new fund and what was entered beside them: the
    // browser asks first.
    addEventListener("beforeunload", (leaving) => {
      if (document.querySelector(".st-key-start-unsaved")) leaving.preventDefault();
    });
  }
  page.mend = mend;
  mend();
})();
