// A slider a factor, that tells the server while it is dragged.  One step is on its way at a time: the next is
// sent when the server has answered, so that the picture keeps up however slow the machine is.
const PATIENCE = 1500; // milliseconds after which a step that was not answered is taken for lost

export default ({ parentElement, data, setStateValue }) => {
  const box = parentElement.querySelector(".al-sliders");
  const here = (box.allocator ??= { gesture: 0, waiting: null, timer: null, born: `${Date.now()}` });
  const ids = data.rows.map((row) => row.id).join("\n");
  if (here.ids !== ids || here.of !== data.of) {
    here.ids = ids;
    here.of = data.of;
    box.replaceChildren(...data.rows.map(build));
  }
  const send = () => {
    if (here.waiting !== null) {
      here.again = true;
      return;
    }
    const points = Object.fromEntries(inputs().map((input) => [input.dataset.id, Number(input.value)]));
    // the last step of a drag is often sent after its end: it belongs to the drag that made it
    const gesture = `${here.born}-${here.moving}`;
    here.waiting = `${gesture}-${(here.sent = (here.sent ?? 0) + 1)}`;
    here.timer = setTimeout(answered, PATIENCE);
    setStateValue("step", { of: here.of, points, gesture, sent: here.waiting });
  };
  const answered = () => {
    clearTimeout(here.timer);
    here.waiting = null;
    if (here.again) {
      here.again = false;
      send();
    }
  };
  const inputs = () => [...box.querySelectorAll("input")];
  here.moved = send;
  data.rows.forEach((row, at) => {
    const line = box.children[at];
    const input = line.querySelector("input");
    line.querySelector("span").textContent = row.name;
    input.setAttribute("aria-label", row.name);
    // what is being dragged stands where the hand is, not where the server last heard of it
    const held = here.waiting !== null || here.again;
    if (!held && Number(input.value) !== row.value) input.value = row.value;
    show(input, row);
  });
  if (here.waiting !== null && data.heard === here.waiting) answered();

  function show(input, row) {
    const output = input.parentElement.querySelector("output");
    output.textContent = `${input.value}%`;
    const beside = input.parentElement.querySelector("small");
    beside.textContent = row.used ?? "";
    input.setAttribute("aria-valuetext", [`${input.value}%`, row.used].filter(Boolean).join(" "));
    input.style.setProperty("--part", `${input.value}%`);
  }

  function build(row) {
    const line = document.createElement("div");
    line.className = "al-slider";
    const head = document.createElement("span");
    const beside = document.createElement("small");
    const output = document.createElement("output");
    output.setAttribute("aria-hidden", "true");
    beside.setAttribute("aria-hidden", "true");
    const input = document.createElement("input");
    Object.assign(input, { type: "range", min: 0, max: 100, step: 1, value: row.value });
    input.dataset.id = row.id;
    input.addEventListener("input", () => {
      show(input, { used: "" });
      here.moving = here.gesture;
      here.moved();
    });
    input.addEventListener("change", () => {
      here.gesture += 1;
    });
    line.append(head, beside, output, input);
    return line;
  }
};
