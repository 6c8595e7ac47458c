/*
 * How many threads compute. llama.cpp's threads wait for each other several hundred times a token, spinning: one that doesn't get a CPU holds up
 * all others, so that two threads on two cores, beside one busy program, can take a hundred times as long as one thread. See
 * docs/decisions/0015-threads-that-yield.md.
 */

/** Time between two decisions, in ms, or one tick if that's longer: the system's counters of CPU time advance in steps of 10 to 16 ms. */
const WINDOW_MS = 100;

/** There are too many threads if they are this many CPUs more than this process can have. A third is what a desktop does besides. */
const CROWDED_CPUS = 0.4;

/** A thread is added if this much of a CPU is free for it. */
const FREE_CPUS = 0.7;

/** So much of the last CPU may be missing where the count is set to what is free. */
const MISSING_CPUS = 0.3;

/** Fewer threads, without a sign that there are too many, and more threads are kept only if they take less than this share of the time. */
const FASTER = 0.97;

/** Fewer threads, as there are too many, aren't kept if they take more than this share of the time: what the machine says was misleading. */
const SLOWER = 1.1;

/** A trial is decided as soon as its time is this far from the limit, as a share of the time before it, … */
const CLEAR = 0.1;

/** … and at the latest after so many windows. */
const TRIAL_WINDOWS = 4;

/** Ticks that take this many times the best ones of their kind are a reason to try fewer threads. */
const RISEN = 1.5;

/** How fast a best time is forgotten, per tick: a context that fills makes ticks longer, over thousands of them. */
const FORGET = 0.02;

/** Best times to remember. Each is of one shape of batch with one number of threads; few of them recur. */
const MAX_BESTS = 1024;

/** What was tried in vain isn't tried again for this many times as long as it took: it may cost a tenth of the time at most. */
const REST = 10;

/** Longest time until something is tried again, in ms. A change of the machine that nothing else shows is noticed this late. */
const MAX_REST_MS = 60_000;

/** Time of ticks before fewer threads are tried for the first time, in ms: an answer of a few words is never held up by it. */
const FIRST_TRIAL_MS = 3_000;

/** Share of the machine's time that its counters must account for. Some sandboxes show counters that stand still. */
const PLAUSIBLE = 0.5;

/** What the machine did, in ms: all counters only grow. */
export interface MachineTimes {
  /** CPUs that this process may run on, hyperthreads included. */
  readonly cpus: number;
  /** Time for which they were free. */
  readonly freeMs: number;
  /** All their time. */
  readonly totalMs: number;
  /** This process's CPU time. */
  readonly ownMs: number;
  /** CPU time of the process that sends the requests, which rests once it has sent one. */
  readonly parentMs: number;
}

export interface ThreadCountOptions {
  /** The highest count, at least 1: there are no more cores. */
  readonly max: number;
  /** Undefined where the system doesn't say. */
  readonly machine: () => MachineTimes | undefined;
  /** A clock in ms. */
  readonly now?: () => number;
  /** Called with each change. `free`: the CPUs that this process could have, if known. */
  readonly onChange?: (count: number, free: number | undefined) => void;
}

interface Look {
  readonly at: number;
  readonly times: MachineTimes | undefined;
}

/** Ticks of one shape of batch, which take equally long. */
interface Ticks {
  ticks: number;
  ms: number;
}

type Work = Map<string, Ticks>;

/** Another count that is being tried. */
interface Trial {
  readonly why: "crowded" | "slow" | "free";
  /** The count before it. */
  readonly from: number;
  /** What was measured before it, with that count. */
  readonly before: Work;
  readonly beganAt: number;
  windows: number;
  /** Time of the trial's ticks, and what they would have taken before. */
  ms: number;
  expectedMs: number;
}

/** Decides how many threads compute, by the CPU time that other programs leave and by the measured time of ticks. */
export class ThreadCount {
  readonly #max: number;
  readonly #machine: ThreadCountOptions["machine"];
  readonly #now: () => number;
  readonly #onChange: NonNullable<ThreadCountOptions["onChange"]>;
  #count: number;
  /** The beginning of the window. */
  #since: Look;
  /** CPUs that were free for this process in the last window in which it had nothing to do. */
  #freeAtRest: number | undefined;
  #work: Work = new Map();
  readonly #bests = new Map<string, number>();
  #trial: Trial | undefined;
  #tickingMs = 0;
  readonly #rests = { crowded: new Rest(), slow: new Rest(), free: new Rest() };

  constructor({
    max,
    machine,
    now = () => performance.now(),
    onChange = () => undefined,
  }: ThreadCountOptions) {
    this.#max = this.#count = max;
    this.#machine = machine;
    this.#now = now;
    this.#onChange = onChange;
    this.#since = this.#look();
  }

  /** The number of threads for the next tick. */
  get count(): number {
    return this.#count;
  }

  /** Nothing is being evaluated. Call this now and then, so that the next generation finds fresh figures. */
  rest(): void {
    if (!this.#due()) return;
    const look = this.#look();
    this.#freeAtRest = this.#free(look, true);
    this.#restart(look);
  }

  /** The first tick after a rest follows. */
  begin(): void {
    this.rest();
    // nothing has shown that fewer are faster
    if (this.#trial?.why === "slow") this.#set(this.#trial.from, undefined);
    this.#trial = undefined;
    if (this.#freeAtRest === undefined) return;
    const fitting = this.#fitting(this.#freeAtRest);
    if (fitting < this.#count || this.#rests.free.over(this.#now())) this.#set(fitting, this.#freeAtRest);
    this.#freeAtRest = undefined;
  }

  /** @param shape - ticks of the same shape take equally long @param ms - the time that it took */
  ticked(shape: string, ms: number): void {
    const ticks = this.#work.get(shape) ?? { ticks: 0, ms: 0 };
    this.#work.set(shape, { ticks: ticks.ticks + 1, ms: ticks.ms + ms });
    this.#tickingMs += ms;
    if (this.#due()) this.#decide();
  }

  #due(): boolean {
    return this.#now() - this.#since.at >= WINDOW_MS;
  }

  #look(): Look {
    return { at: this.#now(), times: this.#machine() };
  }

  #restart(look: Look): void {
    this.#since = look;
    this.#work = new Map();
  }

  /** CPUs that this process could have had since the window began: those that it had, and those that nobody had. */
  #free(look: Look, parentRests: boolean): number | undefined {
    const [before, after] = [this.#since.times, look.times];
    if (!before || !after) return undefined;
    const ms = look.at - this.#since.at;
    if (after.totalMs - before.totalMs < PLAUSIBLE * after.cpus * ms) return undefined;
    const parentMs = parentRests ? after.parentMs - before.parentMs : 0;
    return (after.freeMs - before.freeMs + (after.ownMs - before.ownMs) + parentMs) / ms;
  }

  #fitting(free: number): number {
    return Math.max(1, Math.min(this.#max, Math.floor(free + MISSING_CPUS)));
  }

  /** At the end of a window. */
  #decide(): void {
    const look = this.#look();
    const free = this.#free(look, false);
    const crowded = free !== undefined && this.#count > Math.max(1, free + CROWDED_CPUS);
    const slow = this.#hasRisen();
    if (this.#trial) this.#judge(this.#trial, free, crowded);
    else this.#consider(free, crowded, slow);
    this.#restart(look);
  }

  #consider(free: number | undefined, crowded: boolean, slow: boolean): void {
    const now = this.#now();
    const { crowded: believing, slow: exploring, free: rising } = this.#rests;
    if (crowded && (slow || believing.over(now))) {
      this.#try("crowded", this.#fitting(free ?? 1), free);
    } else if (this.#count > 1 && (slow || this.#tickingMs > FIRST_TRIAL_MS) && exploring.over(now)) {
      this.#try("slow", Math.max(1, Math.floor(this.#count * 0.75)), free);
    } else if (
      this.#count < this.#max &&
      (free === undefined || free >= this.#count + FREE_CPUS) &&
      rising.over(now)
    ) {
      this.#try("free", free === undefined ? this.#count + 1 : this.#fitting(free), free);
    }
  }

  #try(why: Trial["why"], count: number, free: number | undefined): void {
    const [now, from] = [this.#now(), this.#count];
    // the window that was too slow is what the attempt to have that many threads has cost
    if (why === "crowded") this.#rests.free.begin(now, now - this.#since.at);
    this.#trial = {
      ...{ why, from, before: this.#work, beganAt: now },
      ...{ windows: 0, ms: 0, expectedMs: 0 },
    };
    this.#set(count, free);
  }

  #judge(trial: Trial, free: number | undefined, crowded: boolean): void {
    trial.windows += 1;
    for (const [shape, { ticks, ms }] of this.#work) {
      const before = trial.before.get(shape);
      if (!before) continue;
      trial.ms += ms;
      trial.expectedMs += (before.ms / before.ticks) * ticks;
    }
    if (crowded && trial.why !== "slow") {
      this.#yieldMore(trial, free);
      return;
    }
    const limit = trial.why === "crowded" ? SLOWER : FASTER;
    // without a batch to compare, what the machine says counts
    const ratio = trial.expectedMs > 0 ? trial.ms / trial.expectedMs : trial.why === "slow" ? Infinity : 0;
    const known = trial.expectedMs > 0 && Math.abs(ratio - limit) >= CLEAR;
    if (!known && trial.windows < TRIAL_WINDOWS) return;
    this.#end(trial, ratio <= limit, free);
  }

  /** There still are too many threads. */
  #yieldMore(trial: Trial, free: number | undefined): void {
    if (trial.why === "free") this.#end(trial, false, free);
    const fitting = this.#fitting(free ?? 1);
    if (fitting < this.#count) this.#set(fitting, free);
  }

  #end(trial: Trial, kept: boolean, free: number | undefined): void {
    this.#trial = undefined;
    const now = this.#now();
    const costMs = now - trial.beganAt;
    if (!kept) {
      this.#rests[trial.why].begin(now, costMs);
      // ticks are longer for another reason, which may last
      if (trial.why === "slow") this.#bests.clear();
      this.#set(trial.from, free);
    } else if (trial.why === "slow") {
      // the higher count has failed
      this.#rests.free.begin(now, costMs);
    }
  }

  /** Whether the window's ticks took much longer than the best of their shape. Also keeps the best times. */
  #hasRisen(): boolean {
    let [ms, bestMs] = [0, 0];
    for (const [shape, work] of this.#work) {
      const key = `${this.#count} ${shape}`;
      const mean = work.ms / work.ticks;
      const best = this.#bests.get(key) ?? mean;
      ms += work.ms;
      bestMs += best * work.ticks;
      if (this.#bests.size > MAX_BESTS) this.#bests.clear();
      this.#bests.set(key, Math.min(mean, best * (1 + FORGET) ** work.ticks));
    }
    return ms > RISEN * bestMs;
  }

  #set(count: number, free: number | undefined): void {
    if (count === this.#count) return;
    this.#count = count;
    this.#onChange(count, free);
  }
}

/** The time for which something isn't tried again: twice as long if it's in vain again soon after. */
class Rest {
  #ms = 0;
  #until = -Infinity;

  over(now: number): boolean {
    return now >= this.#until;
  }

  /** @param costMs - how long the attempt took */
  begin(now: number, costMs: number): void {
    const soon = now < this.#until + this.#ms;
    this.#ms = Math.min(MAX_REST_MS, Math.max(soon ? 2 * this.#ms : 0, REST * costMs));
    this.#until = now + this.#ms;
  }
}
