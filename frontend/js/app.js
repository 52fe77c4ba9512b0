// Everything a page needs, except charts. Each module finds its own elements by data attributes.
import htmx from "htmx.org";
import { startClipboard } from "./clipboard.js";
import { startClocks } from "./clocks.js";
import { startDialogs } from "./dialogs.js";
import { startDrafts } from "./drafts.js";
import { startFiles } from "./files.js";
import { startLive } from "./live.js";
import { startMenus } from "./menus.js";
import { startRequests } from "./requests.js";
import { startShortcuts } from "./shortcuts.js";
import { startSignIn } from "./signin.js";
import { startTables } from "./tables.js";
import { startThemeSwitch } from "./theme-switch.js";
import { startToasts } from "./toasts.js";
import { startTyping } from "./typing.js";
import { startWork } from "./work.js";

window.htmx = htmx;

function start() {
  startToasts();
  startMenus();
  startDialogs();
  startThemeSwitch();
  startClipboard();
  startFiles();
  startTables();
  startClocks();
  startDrafts();
  startTyping();
  startRequests();
  startSignIn();
  startShortcuts();
  startWork();
  startLive();
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
