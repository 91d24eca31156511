// Connecting in a window of its own. Without script, or when the browser refuses the window, the forms that are
// marked data-popup lead to the provider in this window and back.
(() => {
  const NAME = "lotledger-connect";
  const channel = new BroadcastChannel(NAME);

  // The popup's last page: say where to go on, and close once somebody has heard it. It is said again for a while,
  // since the other window may be loading just now. If nobody hears it, the page's own link stays to be seen.
  const done = document.querySelector("[data-connect-done]");
  if (done) {
    channel.addEventListener("message", ({ data }) => data.heard && window.close());
    const tell = () => channel.postMessage({ goOn: done.dataset.connectDone });
    tell();
    const telling = setInterval(tell, 250);
    setTimeout(() => clearInterval(telling), 10_000);
    return;
  }

  // The page that opened the popup. The note is kept for this tab, because the page may have been reloaded since.
  const waiting = {
    begin: () => sessionStorage.setItem(NAME, "waiting"),
    end: () => sessionStorage.removeItem(NAME),
    is: () => sessionStorage.getItem(NAME) === "waiting",
  };
  let watching, leaving;
  channel.addEventListener("message", ({ data }) => {
    if (!data.goOn || !waiting.is()) return;
    waiting.end();
    clearInterval(watching);
    clearTimeout(leaving);
    channel.postMessage({ heard: true });
    location.assign(data.goOn);
  });

  const openWindow = () => {
    const [width, height] = [820, 760];
    const left = Math.max(0, screenX + (outerWidth - width) / 2);
    const top = Math.max(0, screenY + (outerHeight - height) / 2);
    return window.open("about:blank", NAME, `popup,width=${width},height=${height},left=${left},top=${top}`);
  };

  // A popup that was closed by hand: the page is loaded anew, since something may have been decided in it. A popup
  // that comes back from the provider looks closed as well, because our opener policy parts it from this window:
  // it gets the time to speak, lest the reload swallow what the server has to say.
  const watch = (popup) => {
    clearInterval(watching);
    watching = setInterval(() => {
      if (!popup.closed) return;
      clearInterval(watching);
      leaving = setTimeout(() => location.reload(), 2000);
    }, 500);
  };

  document.querySelectorAll("form[data-popup]").forEach((form) => {
    form.addEventListener("submit", () => {
      const popup = openWindow();
      form.target = popup ? NAME : "";
      form.elements.popup.value = popup ? "1" : "";
      if (!popup) return;
      waiting.begin();
      watch(popup);
    });
  });
})();
