// What the parts of `npm run test:deploy` share.

/** How long something that should happen soon may take on a busy machine. */
const PATIENCE_MS = 60_000;

/** @param report called with the name of each check, and what is wrong, or undefined @returns what runs a check by its name, and reports it */
export function attempting(report) {
  return async (name, check) => {
    try {
      await check();
      report(name);
    } catch (error) {
      report(name, error.message);
    }
  };
}

export function equal(is, wanted) {
  if (is !== wanted) throw new Error(`it is ${JSON.stringify(is)}, not ${JSON.stringify(wanted)}`);
}

/** Waits until something holds. @param more what to add to the error, such as a log */
export async function until(holds, more = () => "") {
  const end = Date.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`it took more than ${PATIENCE_MS / 1000} s. ${more()}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
