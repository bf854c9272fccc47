/* Enter goes on with the list or the quotation that somebody types, and ends it where there is nothing in its last line:
 * form[data-autosave] textarea. Shift with Enter is a plain new line. No mark comes from here that was not typed above.
 */

const QUOTE = /^(?: {0,3}> ?)+/;
const ITEM = /^([ \t]*)(?:([-*+])|(0|[1-9]\d{0,2})([.)]))([ \t]+)/; // longer numbers are years: docs/decisions/0031
const RULE = /^[ \t]*([-*_])(?:[ \t]*\1){2,}[ \t]*$/;
const LOOK_BACK = 50; // lines

/* What a line begins with: the mark of a quotation, that of an item, and the words after them. */
function parse(line) {
  const quote = line.match(QUOTE)?.[0] ?? "";
  const rest = line.slice(quote.length);
  const item = RULE.test(rest) ? null : rest.match(ITEM);
  return { quote, item, mark: quote + (item?.[0] ?? ""), words: rest.slice(item?.[0].length ?? 0) };
}

/* The number of the item before, in the same list; null where there is none. */
function numberBefore(above, { quote, item }) {
  for (const line of above.slice(-LOOK_BACK).reverse()) {
    const other = parse(line);
    if (other.quote.trim() === quote.trim() && other.item?.[3] && other.item[1] === item[1]) return Number(other.item[3]);
  }
  return null;
}

/* The mark of the next item; "" where a number is no item of a list: a date, or the year of somebody's birth. */
function markOfNext(above, line) {
  const { quote, item } = line;
  if (!item) return quote;
  const [, indent, sign, digits, point, gap] = item;
  if (sign) return quote + indent + sign + gap;
  const number = Number(digits);
  const before = numberBefore(above, line);
  if (before === number) return quote + indent + number + point + gap; // all of them 1: who leaves the counting to the page
  if (before === number - 1 || (before === null && number <= 1)) return quote + indent + (number + 1) + point + gap;
  return "";
}

/* What stands instead of an empty item: a line between the list and what follows, which would be a part of it otherwise. */
function ending(above, { quote, item }) {
  const outer = item ? quote : "";
  const isFirst = !above.length || !parse(above.at(-1)).words.trim();
  return isFirst ? outer : `${outer.trimEnd()}\n${outer}`;
}

/* As if it were typed, so that it can be undone. */
function replace(field, from, to, text) {
  field.setSelectionRange(from, to);
  if (text ? document.execCommand("insertText", false, text) : document.execCommand("delete")) return;
  field.setRangeText(text, from, to, "end");
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
}

/* False where Enter is to do what it always does. */
function enter(field) {
  const { value, selectionStart, selectionEnd } = field;
  const start = selectionStart ? value.lastIndexOf("\n", selectionStart - 1) + 1 : 0;
  const end = (value + "\n").indexOf("\n", selectionEnd);
  const line = parse(value.slice(start, end));
  if (!line.mark || selectionStart < start + line.mark.trimEnd().length) return false;
  const above = value.slice(Math.max(0, start - 20000), Math.max(0, start - 1)).split("\n");
  if (start === 0) above.length = 0;
  const isEmpty = selectionStart === selectionEnd && !line.words.trim();
  const next = markOfNext(above, line);
  if (!next) return false;
  if (isEmpty) replace(field, start, end, ending(above, line));
  else replace(field, selectionStart, selectionEnd, `\n${next}`);
  return true;
}

for (const form of document.querySelectorAll("form[data-autosave]")) {
  let isPlain = false;
  form.addEventListener("keydown", (event) => (isPlain = event.shiftKey));
  form.addEventListener("beforeinput", (event) => {
    if (event.inputType !== "insertLineBreak" || event.isComposing || !event.cancelable || isPlain) return;
    if (event.target.matches("textarea") && enter(event.target)) event.preventDefault();
  });
}
