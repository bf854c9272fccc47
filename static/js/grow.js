/* Lets a writing area grow with its text where the browser's own field-sizing does not: .writing textarea. */

if (!CSS.supports("field-sizing", "content")) {
  for (const area of document.querySelectorAll(".writing textarea")) {
    const grow = () => {
      const top = window.scrollY;
      area.style.height = "auto";
      area.style.height = `${area.scrollHeight}px`;
      window.scrollTo({ top });
    };
    area.addEventListener("input", grow);
    grow();
  }
}
