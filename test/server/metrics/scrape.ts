import { sendHttp1 } from "../support/http.js";

/** What a scrape has, by name and labels as they are written: `cria_requests_running{operation="Converse"}`. */
export class Scrape {
  /** The text as a whole. */
  readonly text: string;
  readonly #samples: ReadonlyMap<string, number>;

  constructor(text: string) {
    this.text = text;
    const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    this.#samples = new Map(
      lines.map((line) => {
        const at = line.lastIndexOf(" ");
        return [line.slice(0, at), Number(line.slice(at + 1))];
      }),
    );
  }

  /** All series, as they are written. */
  get series(): readonly string[] {
    return [...this.#samples.keys()];
  }

  /** The names of the series, those of a histogram's parts included. */
  get names(): ReadonlySet<string> {
    return new Set(this.series.map((one) => one.replace(/\{.*/su, "")));
  }

  /** The sum of the series with this name and these labels, and perhaps others; undefined if there is none. */
  value(name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
    const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
    const found = [...this.#samples].filter(
      ([key]) =>
        key.replace(/\{.*/su, "") === name &&
        wanted.every((one) => key.includes(`{${one}`) || key.includes(`,${one}`)),
    );
    return found.length === 0 ? undefined : found.reduce((sum, [, value]) => sum + value, 0);
  }
}

/** Scrapes a server's metrics. */
export async function scrape(metricsUrl: string | undefined): Promise<Scrape> {
  if (metricsUrl === undefined) throw new Error("The server has no metrics.");
  const { status, body } = await sendHttp1(metricsUrl, "/metrics", { method: "GET" });
  if (status !== 200) throw new Error(`${status}: ${body.toString()}`);
  return new Scrape(body.toString());
}
