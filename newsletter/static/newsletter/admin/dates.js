// The form of an own date asks only for what the chosen way of finding the date needs. Without scripts it asks for everything.
document.addEventListener("DOMContentLoaded", () => {
  const shape = document.querySelector("select[data-needs]");
  if (!shape) return;
  const needs = JSON.parse(shape.dataset.needs);
  const names = [...new Set(Object.values(needs).flat())];
  const show = () => {
    const shown = needs[shape.value] || names;
    for (const name of names) {
      const field = document.getElementById(`id_${name}`);
      const place = field && (field.closest(`.field-${name}`) || field.closest(".field-line"));
      if (place) place.hidden = !shown.includes(name);
    }
  };
  shape.addEventListener("change", show);
  show();
});
