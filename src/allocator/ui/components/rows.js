// Tells whose row was pressed, in whatever table of the page: names that can be are buttons with an id.
// The steps that this opens come into view, since they stand further down.
export default ({ data, setTriggerValue }) => {
  const page = (window.allocatorRows ??= {});
  page.tell = (id) => setTriggerValue("pressed", id);
  if (!page.heard) {
    page.heard = true;
    const shows = () => {
      const opened = document.querySelector('[class*="st-key-steps-"] details[open]');
      const drawn = opened?.querySelector("code"); // which stands below the steps
      if (drawn) opened.scrollIntoView({ block: "start" });
      return Boolean(drawn);
    };
    document.addEventListener("click", ({ target }) => {
      const row = target.closest?.("[data-row]");
      if (!row || !getSelection().isCollapsed) return;
      page.tell(row.dataset.row);
      page.waits?.disconnect();
      if (shows()) return;
      page.waits = new MutationObserver(() => shows() && page.waits.disconnect());
      page.waits.observe(document.body, { attributes: true, childList: true, subtree: true });
    });
  }
};
