/* Makes room for the text while somebody writes: form[data-autosave], :root[data-writing]. See css/writing.css and css/tight.css for what that does.
 *
 * `wide` while a text has the focus and there is room; `tight` where a keyboard leaves little of the page in sight. Nothing moves under a
 * finger: the page changes once it is lifted and what it pressed is done, and the line that was pressed stays where it is.
 */

import { caretLine } from "./caret.js";

const LITTLE = 576; // pixels of height
const NARROW = 640; // pixels of width
const LETTERS = 16; // of width: a phone on which somebody made the letters large has fewer
const LOW = 15; // of height: a phone that lies on its side, with its keyboard
const KEYBOARD = 120; // pixels: no bar of a browser is as high
const AFTER_PRESS = 300; // milliseconds until a phone has set the caret where it was touched
const STAYS = ".writing-foot, [data-whole], [data-leave]"; // what can be used without an end of writing

const root = document.documentElement;
const view = window.visualViewport;

class Room {
  constructor(form) {
    this.form = form;
    this.foot = form.querySelector(".writing-foot");
    this.footHeight = 0;
    this.whole = form.querySelector("[data-whole]");
    this.parts = form.querySelector("[data-parts]");
    this.field = null; // the one that was written in last
    this.isPressed = false;
    this.pressedAt = -AFTER_PRESS;
    this.timer = 0;
    this.least = this.height; // since writing began
    this.most = this.height; // of a page of this width
    this.width = window.innerWidth;
  }

  get state() {
    return root.dataset.writing ?? "";
  }

  /* What is in sight of the page, however far somebody has zoomed in. */
  get height() {
    return view.height * view.scale;
  }

  isTight() {
    const isNarrow = window.innerWidth < NARROW;
    const isSmall = isNarrow || window.matchMedia("(pointer: coarse)").matches;
    const isCovered = root.clientHeight - this.height > KEYBOARD;
    const isShortened = this.most - this.height > KEYBOARD;
    const isPutAway = this.height - this.least > KEYBOARD; // the keyboard, while the text has kept the focus
    return (isCovered || (isNarrow && isShortened) || (isSmall && this.height < LITTLE)) && !isPutAway;
  }

  wanted() {
    const active = document.activeElement;
    if (this.form.contains(active) && active.matches("textarea")) this.field = active;
    else if (!this.state || !active.closest(STAYS)) return "";
    return this.isTight() ? "tight" : "wide";
  }

  /* Where the text begins on the screen, though it may be scrolled out of sight. */
  get place() {
    const padding = parseFloat(getComputedStyle(this.field).paddingTop);
    return this.field.getBoundingClientRect().top + padding - this.field.scrollTop - view.offsetTop;
  }

  scroll(by) {
    if (this.state === "tight") (this.parts ?? this.field).scrollTop += by;
    else window.scrollBy({ top: by, behavior: "instant" });
  }

  settle() {
    clearTimeout(this.timer);
    if (this.isPressed) return;
    const state = this.wanted();
    if (state !== this.state) this.change(state);
    if (state === "tight") this.fit();
  }

  settleLater() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.settle(), AFTER_PRESS);
  }

  change(state) {
    const before = this.place;
    if (state === "tight") this.fit();
    else if (this.whole) this.whole.setAttribute("aria-expanded", "false");
    if (state) root.dataset.writing = state;
    else delete root.dataset.writing;
    document.dispatchEvent(new CustomEvent("nightlight:room"));
    this.scroll(this.place - before);
    if (state === "tight") this.reveal();
    else if (!state && !document.activeElement.contains(this.form)) document.activeElement.scrollIntoView({ block: "nearest" });
  }

  /* As high as what is in sight, and where it is: keyboards of some browsers cover the page, and the page moves below them. */
  fit() {
    const isZoomed = view.scale > 1.01;
    root.style.setProperty("--visible-top", `${isZoomed ? 0 : view.offsetTop}px`);
    root.style.setProperty("--visible-height", `${this.height}px`);
    const letter = parseFloat(getComputedStyle(root).fontSize);
    root.toggleAttribute("data-narrow", window.innerWidth < LETTERS * letter);
    root.toggleAttribute("data-low", this.height < LOW * letter);
  }

  /* Brings the caret into what is left, unless it was farther out of sight; while somebody types, browsers do it themselves. */
  reveal(most = Infinity) {
    if (document.activeElement !== this.field) return;
    const sight = (this.parts ?? this.field).getBoundingClientRect();
    const { top, bottom } = caretLine(this.field);
    const start = this.field.getBoundingClientRect().top - this.field.scrollTop;
    const below = start + bottom - sight.bottom;
    const above = sight.top - (start + top);
    if (below > 0 && below <= most) this.scroll(below);
    else if (above > 0 && above <= most) this.scroll(-above);
  }

  onFocus(event) {
    if (event.target.matches("textarea")) this.least = this.height;
    if (this.isPressed || performance.now() - this.pressedAt < AFTER_PRESS) this.settleLater();
    else this.settle();
  }

  onPress(isPressed) {
    this.isPressed = isPressed;
    this.pressedAt = performance.now();
    if (!isPressed) this.settleLater();
  }

  onResize() {
    if (this.width !== window.innerWidth) this.least = this.most = this.height;
    this.width = window.innerWidth;
    this.least = Math.min(this.least, this.height);
    this.most = Math.max(this.most, this.height);
    this.settle();
    if (this.state === "tight") this.reveal();
  }

  /* As far as the foot reaches, the page scrolls for what has the focus. It grows with what there is to say. */
  onFoot() {
    const grown = this.foot.offsetHeight - this.footHeight;
    this.footHeight = this.foot.offsetHeight;
    root.style.setProperty("--foot", `${this.footHeight}px`);
    if (this.state === "tight" && grown > 0) this.reveal(grown + 2); // which is rounded
  }

  onClick(event) {
    const control = event.target.closest("[data-whole], [data-formatting-control]");
    if (!control) return;
    if (control === this.whole) this.whole.setAttribute("aria-expanded", String(this.whole.getAttribute("aria-expanded") !== "true"));
    if (this.state === "tight") this.reveal(); // there is less room, or more
  }

  /* Closes the question that was opened. */
  onKey(event) {
    if (event.key !== "Escape" || event.isComposing || this.whole?.getAttribute("aria-expanded") !== "true") return;
    this.whole.setAttribute("aria-expanded", "false");
    if (this.state === "tight") this.reveal();
  }

  begin() {
    document.addEventListener("focusin", (event) => this.onFocus(event));
    document.addEventListener("focusout", () => this.settleLater());
    document.addEventListener("pointerdown", () => this.onPress(true), { capture: true });
    for (const name of ["pointerup", "pointercancel", "dragend"]) document.addEventListener(name, () => this.onPress(false), { capture: true });
    window.addEventListener("pageshow", () => this.settle());
    new ResizeObserver(() => this.onFoot()).observe(this.foot);
    view.addEventListener("resize", () => this.onResize());
    view.addEventListener("scroll", () => this.state === "tight" && this.fit());
    // A press on one of these leaves the focus, and the keyboard, where they are.
    this.form.addEventListener("mousedown", (event) => event.target.closest(`:is(${STAYS}) :is(button, [role=button]), [data-whole]`) && event.preventDefault());
    this.form.addEventListener("click", (event) => this.onClick(event));
    this.form.addEventListener("keydown", (event) => this.onKey(event));
    // What the browser asks to be set right has to be in sight.
    this.form.addEventListener("invalid", () => this.state === "tight" && this.change(""), { capture: true });
    this.settle();
  }
}

for (const form of document.querySelectorAll("form[data-autosave]")) {
  new Room(form).begin();
}
