/* The questions of a set, [data-step] each, are put in order: by dragging their handle with a mouse or a finger, with the arrow keys on
 * it, with Alt and the arrow keys on the line, and with the buttons "Up" and "Down". The order is that of the fields, so it is sent with
 * them. One that was taken out stays where it was, and is no neighbour.
 */

const EDGE = 72; // pixels from the window's edge within which dragging scrolls the page
const PACE = 10; // pixels a frame

const still = window.matchMedia("(prefers-reduced-motion: reduce)");

export class Steps {
  /* `onMoved` is told of every new order, when it is decided. */
  constructor(list, said, onMoved) {
    Object.assign(this, { list, said, onMoved });
    for (const step of this.all()) this.equip(step);
    this.renumber();
    list.addEventListener("keydown", (event) => this.onAltKey(event));
  }

  all() {
    return [...this.list.querySelectorAll("[data-step]")];
  }

  /* Those that are asked. */
  asked() {
    return this.all().filter((step) => !("out" in step.dataset));
  }

  equip(step) {
    const handle = step.querySelector("[data-handle]");
    handle.hidden = false;
    handle.addEventListener("keydown", (event) => this.onKey(event));
    handle.addEventListener("pointerdown", (event) => this.hold(event));
  }

  title(step) {
    const asked = this.asked();
    return this.list.dataset.words.replace("{number}", String(asked.indexOf(step) + 1)).replace("{of}", String(asked.length));
  }

  say(words) {
    this.said.textContent = words;
  }

  renumber() {
    const asked = this.asked();
    asked.forEach((step, place) => {
      step.querySelector("[data-up]").disabled = place === 0;
      step.querySelector("[data-down]").disabled = place === asked.length - 1;
    });
  }

  neighbour(step, by) {
    const asked = this.asked();
    return asked[asked.indexOf(step) + by];
  }

  /* The neighbour passes the step, and glides to its new place. The step itself never leaves the document, and keeps the focus. */
  move(step, by) {
    const neighbour = this.neighbour(step, by);
    if (!neighbour) return false;
    const { top } = neighbour.getBoundingClientRect();
    const between = this.all();
    const [here, there] = [between.indexOf(step), between.indexOf(neighbour)];
    if (by < 0) step.after(...between.slice(there, here));
    else step.before(...between.slice(here + 1, there + 1));
    const away = top - neighbour.getBoundingClientRect().top;
    if (!still.matches) {
      neighbour.animate([{ transform: `translateY(${away}px)` }, { transform: "none" }], { duration: 160, easing: "ease-out" });
    }
    this.renumber();
    return true;
  }

  /* Moves a step for good, and says where it is now. */
  moveAndSay(step, by) {
    const moved = this.move(step, by);
    this.say(this.title(step));
    if (moved) this.onMoved();
    return moved;
  }

  onKey(event) {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!by || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.moveAndSay(event.currentTarget.closest("[data-step]"), by);
    event.currentTarget.scrollIntoView({ block: "nearest" });
  }

  /* Not while somebody writes: there these keys move the caret. */
  onAltKey(event) {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const step = event.target.closest("[data-step]");
    if (!by || !event.altKey || event.ctrlKey || event.metaKey || !step || event.target.matches("textarea, input")) return;
    event.preventDefault();
    this.moveAndSay(step, by);
    event.target.scrollIntoView({ block: "nearest" });
  }

  /* While a handle is held, its step changes places with the neighbour whose middle the pointer has passed. */
  hold(event) {
    if (event.button !== 0 || this.list.querySelector("[data-held]")) return;
    const handle = event.currentTarget;
    const step = handle.closest("[data-step]");
    const before = this.all();
    let y = event.clientY;
    let frame = 0;

    const follow = () => {
      const prior = this.neighbour(step, -1)?.getBoundingClientRect();
      const next = this.neighbour(step, 1)?.getBoundingClientRect();
      if (prior && y < prior.top + prior.height / 2) this.move(step, -1);
      else if (next && y > next.bottom - next.height / 2) this.move(step, 1);
      if (y < EDGE) window.scrollBy(0, -PACE);
      else if (y > window.innerHeight - EDGE) window.scrollBy(0, PACE);
      frame = requestAnimationFrame(follow);
    };

    const go = (moved) => {
      if (moved.pointerId === event.pointerId) y = moved.clientY;
    };

    const release = (isKept) => {
      cancelAnimationFrame(frame);
      handle.removeEventListener("pointermove", go);
      handle.removeEventListener("pointerup", drop);
      handle.removeEventListener("pointercancel", cancel);
      document.removeEventListener("keydown", escape);
      delete step.dataset.held;
      if (!isKept) {
        this.list.append(...before);
        handle.focus({ preventScroll: true }); // it was lost when its step was put back
        this.renumber();
      }
      this.say(this.title(step));
      if (this.all().some((there, place) => there !== before[place])) this.onMoved();
    };

    const drop = () => release(true);
    const cancel = () => release(false);
    const escape = (pressed) => {
      if (pressed.key === "Escape") cancel();
    };

    event.preventDefault(); // no text is selected on the way
    handle.focus({ preventScroll: true });
    handle.setPointerCapture(event.pointerId);
    handle.addEventListener("pointermove", go);
    handle.addEventListener("pointerup", drop);
    handle.addEventListener("pointercancel", cancel);
    document.addEventListener("keydown", escape);
    step.dataset.held = "";
    frame = requestAnimationFrame(follow);
  }
}
