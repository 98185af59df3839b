/* Chooses the focal point of a picture by a click or with the arrow keys; the number fields say the same and do without it. */
document.addEventListener("DOMContentLoaded", () => {
  const frame = document.querySelector(".wici-focal");
  const fields = { x: document.querySelector("#id_focal_x"), y: document.querySelector("#id_focal_y") };
  if (!frame || !fields.x || !fields.y) return;
  const button = frame.querySelector("button");
  const clipped = (value) => Math.min(100, Math.max(0, Math.round(value)));

  const show = () => {
    const [x, y] = [clipped(fields.x.value || 50), clipped(fields.y.value || 50)];
    button.style.setProperty("--x", `${x}%`);
    button.style.setProperty("--y", `${y}%`);
    for (const crop of frame.querySelectorAll(".wici-crop img")) crop.style.objectPosition = `${x}% ${y}%`;
  };

  const put = (x, y) => {
    fields.x.value = clipped(x);
    fields.y.value = clipped(y);
    fields.x.dispatchEvent(new Event("change", { bubbles: true }));
    show();
  };

  button.addEventListener("click", (event) => {
    if (event.detail === 0) return; // pressed by keyboard: the arrows choose
    const box = button.getBoundingClientRect();
    put(((event.clientX - box.left) / box.width) * 100, ((event.clientY - box.top) / box.height) * 100);
  });
  button.addEventListener("keydown", (event) => {
    const step = event.shiftKey ? 10 : 2;
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    put(Number(fields.x.value) + move[0], Number(fields.y.value) + move[1]);
  });
  for (const field of Object.values(fields)) field.addEventListener("input", show);
  button.disabled = fields.x.disabled;
  show();
});
