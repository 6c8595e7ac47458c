import { answerJobs } from "../../../platform/index.js";

/*
 * The renderer's process: it runs the chat templates of model files, which are programs that somebody else wrote. Only the thread that
 * does so loads what it needs, since that is most of the start.
 */

answerJobs(import.meta.url, async () => (await import("./render.js")).render);
