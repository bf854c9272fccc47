/* Lets a writing area grow with its text where the browser's own field-sizing does not: .writing textarea. */

if (!CSS.supports("field-sizing", "content")) {
  for (const area of document.querySelectorAll(".writing textarea")) {
    let frame = 0;
    const grow = () => {
      cancelAnimationFrame(frame);
      if (document.documentElement.dataset.writing === "tight") return; // there it scrolls
      const top = window.scrollY;
      area.style.height = "auto";
      area.style.height = `${area.scrollHeight}px`;
      window.scrollTo({ top });
    };
    area.addEventListener("input", () => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(grow);
    });
    document.addEventListener("nightlight:room", grow);
    grow();
  }
}
