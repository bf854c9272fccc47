/* A page that was opened in the place of another (search.js) and then loaded anew, as when somebody comes back to it from its editing:
 * for the browser both are still one document. So the way back changes the address alone, and the page of that address has to be asked for.
 */
if (history.state === "found") addEventListener("popstate", () => location.reload());
