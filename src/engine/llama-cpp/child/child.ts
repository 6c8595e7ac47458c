import type { FromChild, ToChild } from "../protocol.js";
import { devicesOf, loadBackends } from "./backends.js";
import { LoadError } from "./load-error.js";
import { load, type Loaded } from "./load.js";
import { Scheduler } from "./scheduler.js";
import { yieldingThreads } from "./yielding-threads.js";
import { tokenizePrompt } from "./vocabulary.js";

/*
 * The engine process, started by parent/child-process.ts. It has one libuv pool thread (`UV_THREADPOOL_SIZE=1`), so that consecutive
 * tokens are decoded on the same thread. As a separate process it also keeps a native crash from ending the server.
 */

let loaded: (Loaded & { scheduler: Scheduler }) | undefined;

function send(message: FromChild): void {
  if (process.connected) process.send?.(message);
}

function residentBytes(): number {
  return process.memoryUsage.rss();
}

function whenLoaded(): NonNullable<typeof loaded> {
  if (!loaded) throw new Error("The parent sent a request before the model was loaded.");
  return loaded;
}

function sendFailure(error: unknown): void {
  const what = error instanceof LoadError ? error.what : "model";
  send({ type: "failed", what, message: error instanceof Error ? error.message : String(error) });
}

async function receive(message: ToChild): Promise<void> {
  switch (message.type) {
    case "load":
      try {
        const threads = message.yieldThreads ? yieldingThreads(message.threads, send) : undefined;
        const ready = await load(message, {
          onLog: (level, text) => send({ type: "log", level, message: text }),
          onEngine: () => send({ type: "engine-loaded" }),
          onProgress: (share) => send({ type: "loading", share }),
        });
        const { addon, model, context, vocabulary, about, capacities } = ready;
        const samplers = capacities.map(() => new addon.AddonSampler(model));
        const { contextSize } = about;
        const scheduler = new Scheduler({
          vocabulary,
          context,
          contextSize,
          capacities,
          samplers,
          send,
          threads,
        });
        loaded = { ...ready, scheduler };
        const weightBytes = model.getModelSize();
        send({ type: "ready", model: about, weightBytes, residentBytes: residentBytes() });
      } catch (error) {
        sendFailure(error);
      }
      return;
    case "devices":
      try {
        const addon = await loadBackends(message, (level, text) =>
          send({ type: "log", level, message: text }),
        );
        send({ type: "devices", devices: devicesOf(addon) });
      } catch (error) {
        sendFailure(error);
      }
      return;
    case "generate":
      whenLoaded().scheduler.start(message.id, message);
      return;
    case "prepare":
      void whenLoaded().scheduler.prepare(message.beginning);
      return;
    case "abort":
      whenLoaded().scheduler.abort(message.id);
      return;
    case "pause":
    case "resume":
      whenLoaded().scheduler.setPaused(message.id, message.type === "pause");
      return;
    case "count": {
      const tokens = tokenizePrompt(whenLoaded().vocabulary, message.prompt, message.bos).length;
      send({ type: "counted", id: message.id, tokens });
      return;
    }
    case "ping": {
      const { scheduler } = whenLoaded();
      scheduler.rest();
      const { ticks, ticking } = scheduler;
      send({ type: "alive", ticks, ticking, residentBytes: residentBytes() });
    }
  }
}

process.on("message", (message) => void receive(message as ToChild));
// the parent is gone
process.on("disconnect", () => process.exit());
// Ctrl-C in a terminal reaches every process of the group; the parent decides when this one ends
process.on("SIGINT", () => undefined);
