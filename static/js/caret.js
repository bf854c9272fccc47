/* Where the line with the caret is, in pixels below the top edge of a textarea's content: a browser does not tell. */

export function caretLine(field) {
  const { value, selectionEnd, offsetWidth } = field;
  const restOfWord = value.slice(selectionEnd).search(/\s|$/);
  const copy = field.cloneNode();
  for (const name of ["id", "name"]) copy.removeAttribute(name);
  copy.value = value.slice(0, selectionEnd + restOfWord);
  Object.assign(copy.style, { position: "absolute", visibility: "hidden", flex: "none", width: `${offsetWidth}px`, minHeight: "0", height: "0" });
  field.after(copy);
  const { lineHeight, paddingBottom } = getComputedStyle(copy);
  const bottom = copy.scrollHeight - parseFloat(paddingBottom);
  copy.remove();
  return { top: bottom - parseFloat(lineHeight), bottom };
}
