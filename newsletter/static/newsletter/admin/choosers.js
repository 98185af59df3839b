/* Tells whoever hears the page what each chooser is called: select2 replaces the field its label points at. */
(() => {
  const nameOf = (select) => {
    const label = document.querySelector(`label[for="${select.id}"]`);
    return label ? label.textContent.replace("*", "").trim() : "";
  };

  const name = (select) => {
    const box = select.nextElementSibling;
    const said = nameOf(select);
    if (!said || !box || !box.matches(".select2-container")) return;
    for (const part of box.querySelectorAll("[role=combobox], [role=textbox], .select2-search__field")) {
      part.setAttribute("aria-label", said);
    }
    const shown = box.querySelector("[role=textbox][id]");
    const field = box.querySelector("[role=combobox]");
    if (shown && field) {
      field.id = `${shown.id}-field`;
      field.setAttribute("aria-labelledby", `${field.id} ${shown.id}`); // its label, then what is chosen
      shown.removeAttribute("role");
      shown.removeAttribute("aria-label");
      shown.removeAttribute("aria-readonly");
    }
  };

  const watch = new MutationObserver((changes) => {
    const added = changes.flatMap((change) => [...change.addedNodes]);
    for (const node of added) {
      if (!(node instanceof Element) || !node.matches(".select2-container")) continue;
      const select = node.previousElementSibling;
      if (select && select.matches("select")) name(select);
      const search = node.querySelector(".select2-dropdown .select2-search__field");
      const open = document.querySelector("select + .select2-container--open");
      if (search && open) search.setAttribute("aria-label", nameOf(open.previousElementSibling));
    }
  });
  watch.observe(document.documentElement, { childList: true, subtree: true });
})();
