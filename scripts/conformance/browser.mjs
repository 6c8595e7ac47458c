// Finds a Chromium for the tests of web pages. They don't download one: the systems' packages and most desktops have it.
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/** Where it is installed without being on the PATH. */
const PLACES = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:/Program Files/Google/Chrome/Application/chrome.exe",
];

/** @param env `CHROMIUM` names another one @returns the path of a Chromium or Chrome; undefined if there is none */
export function findBrowser(env = process.env) {
  const folders = (env.PATH ?? "").split(delimiter).filter(Boolean);
  const onPath = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [env.CHROMIUM, ...onPath, ...PLACES].find((file) => file && isProgram(file));
}

/** Takes no time. @returns undefined, or the reason why there is none */
export function setUpBrowser(_root, env) {
  if (findBrowser(env) !== undefined) return undefined;
  return "there is no Chromium or Chrome here: install one (`apt-get install chromium`), or name its program in CHROMIUM";
}

function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
