// A press has a beginning and an end. What is drawn anew between them would take the button from under it: nobody
// would hear of the press. So what comes meanwhile is drawn when it is over.
const held = [];
let pressing;

function draw(drawn) {
  if (pressing) held.push(...drawn);
  else drawn.forEach((patch) => patches[patch.op](patch));
}

const press = ({ target }) => (pressing = target.closest?.("button, a, label, summary"));

function release() {
  pressing = null;
  draw(held.splice(0));
}

// The click comes right after the pointer's end, in the same turn.
for (const end of ["pointerup", "pointercancel", "keyup", "blur"]) addEventListener(end, () => setTimeout(release));
addEventListener("pointerdown", press);
addEventListener("keydown", (event) => event.key === " " && press(event));
