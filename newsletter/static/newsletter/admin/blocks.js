/* Shows of each block only what its kind needs, and keeps the position numbers true to what is seen. Nothing depends on it. */
(() => {
  const NEEDS = {
    news_item: ["news_item"],
    campaign: ["campaign"],
    text: ["heading", "body"],
    image: ["image", "url", "heading", "body"],
    scam_example: ["scam_example"],
    button: ["url", "label"],
    help: [],
    divider: [],
  };
  const ALL = ["news_item", "campaign", "image", "scam_example", "url", "heading", "body", "label"];
  const rows = () => document.querySelectorAll("#blocks-group .form-group:not(.empty-form)");

  const named = (row, name) =>
    [...row.querySelectorAll("[name]")].filter((field) => {
      const own = field.name.replace(/^blocks-\d+-/, "");
      return own === name || own.startsWith(`${name}_`) && !ALL.some((other) => other !== name && own === other);
    });

  const lineOf = (field) => field.closest(".field-line") || field.closest(".form-row > *");

  const show = (row) => {
    const kind = row.querySelector("select[name$=-kind]");
    if (!kind) return;
    for (const name of ALL) {
      for (const field of named(row, name)) {
        const line = lineOf(field);
        if (line) line.hidden = kind.value !== "" && !(NEEDS[kind.value] || []).includes(name);
      }
    }
  };

  const number = () => rows().forEach((row, index) => {
    const position = row.querySelector("input[name$=-position]");
    if (position) position.value = index;
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("#blocks-group select[name$=-kind]")) show(event.target.closest(".form-group"));
  });
  document.addEventListener("formset:added", (event) => { show(event.target); number(); });
  document.addEventListener("DOMContentLoaded", () => rows().forEach(show));
})();
