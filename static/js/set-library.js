/* The library beside a set: [data-library]. What is found is swapped in while somebody types or chooses; each question says whether it is
 * in the set. Without this its button shows the page with what was found.
 */

import { Asking } from "./ask.js";

const PAUSE = 250; // milliseconds without a key

export class Library {
  /* `has` tells of a question whether the set asks it. */
  constructor(place, form, has, say) {
    Object.assign(this, { place, form, has, say });
    this.asking = new Asking();
    this.timer = 0;
    this.filters = place.querySelector("[data-filters]");
    this.filters.addEventListener("input", ({ target }) => this.later(target.matches("select") ? 0 : PAUSE));
    place.querySelector("[data-search-row]").hidden = true;
  }

  later(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.find(), delay);
  }

  /* The filters alone: what is searched for is no part of the set. False where nothing came. */
  async find() {
    clearTimeout(this.timer);
    const { elements } = this.form;
    const fields = new URLSearchParams({ action: "search", part: "library" });
    for (const name of ["csrfmiddlewaretoken", "author", "q", "theme", "age", "depth"]) fields.set(name, elements[name].value);
    const page = await this.asking.ask(this.form.getAttribute("action"), fields).catch(() => undefined);
    if (page === null) return true; // a later search is on its way
    const found = page?.querySelector("[data-found]");
    if (!found) return this.fail();
    elements.searched.value = elements.q.value;
    this.place.querySelector("[data-found]").replaceWith(found);
    this.mark();
    const count = found.querySelector("[data-count]");
    if (count) this.say(count.textContent.trim());
    return true;
  }

  /* The button does it then. */
  fail() {
    this.place.querySelector("[data-search-row]").hidden = false;
    this.say(this.form.dataset.offline);
    return false;
  }

  mark() {
    for (const item of this.place.querySelectorAll("[data-slug]")) {
      const isIn = this.has(item.dataset.slug);
      item.querySelector("[data-in]").hidden = !isIn;
      item.querySelector("[data-add]").hidden = isIn;
    }
  }
}
