// Loaded with `defer` from every page. A browser that refuses, as in private windows, only goes without the offline page.
if ("serviceWorker" in navigator) {
  addEventListener("load", () => navigator.serviceWorker.register("/sw.js").catch(() => {}));
}
