// Tells whose row was pressed, in whatever table of the page: names that can be are buttons with an id.
export default ({ data, setTriggerValue }) => {
  const page = (window.allocatorRows ??= {});
  page.tell = (id) => setTriggerValue("pressed", id);
  if (!page.heard) {
    page.heard = true;
    document.addEventListener("click", ({ target }) => {
      const row = target.closest?.("[data-row]");
      if (row && getSelection().isCollapsed) page.tell(row.dataset.row);
    });
  }
};
