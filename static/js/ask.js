/* Parts of pages, asked for by scripts. The browser makes a document of the answer by itself: of a string a script may make none here. */

export class Asking {
  constructor() {
    this.request = null;
  }

  stop() {
    this.request?.abort();
    this.request = null;
  }

  /* The page that these fields lead to, or, without fields, the one at the address; null where another was asked for meanwhile. */
  ask(url, fields) {
    this.stop();
    const request = new XMLHttpRequest();
    this.request = request;
    return new Promise((resolve, reject) => {
      request.open(fields ? "POST" : "GET", url);
      request.responseType = "document";
      request.onload = () => resolve(request.response);
      request.onabort = () => resolve(null);
      request.onerror = reject;
      request.send(fields && new URLSearchParams(fields));
    });
  }
}
