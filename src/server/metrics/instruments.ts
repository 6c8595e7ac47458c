import { Counter, Gauge, Histogram, Registry } from "prom-client";

import type { FleetEngine, FleetUpstream } from "../../fleet/index.js";
import { criaVersion } from "../observe/index.js";
import { definitions, type Definition } from "./definitions.js";
import { processMetrics } from "./process-metrics.js";

/** The tokens of one operation and model. Counting a token adds one to a number; Prometheus' own counter takes a hundred times as long. */
export interface TokenCount {
  prompt: number;
  generated: number;
}

/** What is asked for at each scrape. */
export interface MetricSources {
  /** The engines that there are now. */
  readonly engines: () => readonly FleetEngine[];
  /** The servers and services that answer in place of this machine. */
  readonly upstreams: () => readonly FleetUpstream[];
  /** The number of models that are loaded on this machine. */
  readonly loaded: () => number;
  /** Whether the server would take a request now. */
  readonly isReady: () => boolean;
}

/** A server's metrics. {@link definitions} says what each is. */
export class Instruments {
  readonly #registry = new Registry();
  readonly duration = this.#histogram(definitions.duration);
  readonly firstToken = this.#histogram(definitions.firstToken);
  readonly outputToken = this.#histogram(definitions.outputToken);
  readonly requests = this.#counter(definitions.requests);
  readonly aborted = this.#counter(definitions.aborted);
  readonly running = this.#gauge(definitions.running);
  readonly streams = this.#gauge(definitions.streams);
  readonly queueWait = this.#histogram(definitions.queueWait);
  readonly passedOver = this.#counter(definitions.passedOver);
  readonly faults = this.#counter(definitions.faults);
  readonly #promptTokens = this.#counter(definitions.promptTokens);
  readonly #generatedTokens = this.#counter(definitions.generatedTokens);
  readonly #queueLength = this.#gauge(definitions.queueLength);
  readonly #sequences = this.#gauge(definitions.sequences);
  readonly #sequencesRunning = this.#gauge(definitions.sequencesRunning);
  readonly #engineReady = this.#gauge(definitions.engineReady);
  readonly #engineRestarts = this.#counter(definitions.engineRestarts);
  readonly #engineMemory = this.#gauge(definitions.engineMemory);
  readonly #upstreamUp = this.#gauge(definitions.upstreamUp);
  readonly #modelsLoaded = this.#gauge(definitions.modelsLoaded);
  readonly #ready = this.#gauge(definitions.ready);
  readonly #tokens = new Map<string, TokenCount & { readonly labels: TokenLabels }>();

  constructor() {
    this.#gauge(definitions.build).set({ version: criaVersion() }, 1);
  }

  /** Where the tokens of an operation and model are counted. */
  tokens(operation: string, model: string): TokenCount {
    const key = `${operation} ${model}`;
    let count = this.#tokens.get(key);
    if (!count) {
      count = { labels: { operation, model }, prompt: 0, generated: 0 };
      this.#tokens.set(key, count);
    }
    return count;
  }

  /** All metrics, in Prometheus' text format. */
  async read(sources: MetricSources): Promise<{ readonly text: string; readonly type: string }> {
    this.#noteTokens();
    this.#noteEngines(sources.engines());
    this.#noteUpstreams(sources.upstreams());
    this.#modelsLoaded.set(sources.loaded());
    this.#ready.set(sources.isReady() ? 1 : 0);
    const all = Registry.merge([this.#registry, processMetrics()]);
    return { text: await all.metrics(), type: all.contentType };
  }

  #noteTokens(): void {
    this.#promptTokens.reset();
    this.#generatedTokens.reset();
    for (const { labels, prompt, generated } of this.#tokens.values()) {
      this.#promptTokens.inc(labels, prompt);
      this.#generatedTokens.inc(labels, generated);
    }
  }

  /** Written anew each time: an engine may have gone, and two may have one name. */
  #noteEngines(engines: readonly FleetEngine[]): void {
    for (const metric of [
      ...[this.#queueLength, this.#sequences, this.#sequencesRunning, this.#engineReady],
      ...[this.#engineRestarts, this.#engineMemory],
    ]) {
      metric.reset();
    }
    const ready = new Set<string>();
    for (const { model, engine } of engines) {
      this.#queueLength.inc({ model }, engine.waiting ?? 0);
      this.#sequences.inc({ model }, engine.sequences);
      this.#sequencesRunning.inc({ model }, engine.running ?? 0);
      if (engine.health().ready) ready.add(model);
      this.#engineReady.set({ model }, ready.has(model) ? 1 : 0);
      this.#engineRestarts.inc({ model }, engine.restarts ?? 0);
      const memory = engine.memory?.();
      if (memory) this.#engineMemory.inc({ model }, memory.residentBytes);
    }
  }

  /** One server may be there twice for a model, with two of its own models. */
  #noteUpstreams(upstreams: readonly FleetUpstream[]): void {
    this.#upstreamUp.reset();
    const counts = new Map<string, number>();
    for (const { model, name, ready } of upstreams) {
      const key = `${model} ${name}`;
      const nth = (counts.get(key) ?? 0) + 1;
      counts.set(key, nth);
      this.#upstreamUp.set({ model, upstream: nth === 1 ? name : `${name} (${nth})` }, ready ? 1 : 0);
    }
  }

  #counter({ name, help, labels }: Definition): Counter {
    return new Counter({ name, help, labelNames: labels, registers: [this.#registry] });
  }

  #gauge({ name, help, labels }: Definition): Gauge {
    return new Gauge({ name, help, labelNames: labels, registers: [this.#registry] });
  }

  #histogram({ name, help, labels, buckets = [] }: Definition): Histogram {
    return new Histogram({
      ...{ name, help, labelNames: labels, buckets: [...buckets] },
      registers: [this.#registry],
    });
  }
}

interface TokenLabels extends Readonly<Record<string, string>> {
  readonly operation: string;
  readonly model: string;
}
