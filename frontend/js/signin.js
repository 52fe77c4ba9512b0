// The session ended in the middle of work: sign in elsewhere, keep this page, send again.
import { closeDialog, openDialog } from "./dialogs.js";
import { meta, on, text } from "./page.js";

let resend = null;

export function askToSignIn(again) {
  resend = again;
  openDialog("sign-in");
}

export function startSignIn() {
  on("click", "[data-sign-in-retry]", () => retry(true));
  window.addEventListener("focus", () => { if (resend) retry(false); });
}

async function retry(asked) {
  const answer = await fetch(meta("session-url"), { cache: "no-store" }).catch(() => null);
  if (answer?.status !== 204) {
    if (asked) document.querySelector("[data-sign-in-note]").textContent = text("still_signed_out");
    return;
  }
  closeDialog("sign-in");
  const again = resend;
  resend = null;
  if (asked) again?.(); // coming back alone does not send: the person decides
}
