import { UsageError } from "../errors.ts";
import { QDISC_HANDLE } from "../host/device-commands.ts";

/** The impairment of a link, in each direction. Null values are not changed. */
export interface Impairment {
  /** Percentage of all frames. */
  readonly lossPercent: number | null;
  readonly delayMs: number | null;
  /** Variation of the delay in either direction. */
  readonly jitterMs: number | null;
  /** Bits per second. */
  readonly rateBps: number | null;
}

export interface ImpairmentWords {
  readonly loss?: string | undefined;
  readonly delay?: string | undefined;
  readonly jitter?: string | undefined;
  readonly rate?: string | undefined;
}

/**
 * Parses the user's words: `1%`, `10ms`, `2ms`, `100mbit`.
 * @throws UsageError with the invalid word and the valid form.
 */
export function parseImpairment(words: ImpairmentWords): Impairment {
  const impairment = {
    lossPercent: parse("loss", words.loss, { "%": 1, "": 1 }, "1% or 0.1%"),
    delayMs: parse("delay", words.delay, { us: 0.001, ms: 1, s: 1000 }, "10ms, 250us or 1s"),
    jitterMs: parse("jitter", words.jitter, { us: 0.001, ms: 1, s: 1000 }, "2ms"),
    rateBps: parse("rate", words.rate, { kbit: 1e3, mbit: 1e6, gbit: 1e9 }, "100mbit, 64kbit or 1gbit"),
  };
  if (Object.values(impairment).every((value) => value === null)) {
    throw new UsageError("give at least one of --loss 1%, --delay 10ms, --jitter 2ms, --rate 100mbit");
  }
  if ((impairment.lossPercent ?? 0) > 100) {
    throw new UsageError("invalid value of --loss: more than 100%");
  }
  if (impairment.jitterMs !== null && impairment.delayMs === null) {
    throw new UsageError("--jitter requires --delay");
  }
  return impairment;
}

function parse(
  name: string,
  word: string | undefined,
  units: Readonly<Record<string, number>>,
  examples: string,
): number | null {
  if (word === undefined) {
    return null;
  }
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?)([a-z%]*)$/i.exec(word) ?? [];
  const factor = units[unit.toLowerCase()];
  const value = Number(digits) * (factor ?? Number.NaN);
  if (!(value > 0)) {
    throw new UsageError(`invalid value of --${name}: "${word}" (examples: ${examples})`);
  }
  return value;
}

/** Frames queued by a delay. The default of 1000 would drop frames at more than 100,000 per second and 10 ms. */
const NETEM_LIMIT = 20_000;

/**
 * Returns a line for `tc -batch` that impairs the frames sent on this interface. A rate alone uses a token bucket,
 * which more kernels have than netem.
 */
export function impairLine(name: string, { lossPercent, delayMs, jitterMs, rateBps }: Impairment): string {
  const start = `qdisc replace dev ${name} root handle ${QDISC_HANDLE}`;
  if (lossPercent === null && delayMs === null && rateBps !== null) {
    return `${start} tbf rate ${Math.round(rateBps)}bit burst ${burstBytes(rateBps)} latency 50ms`;
  }
  return [
    `${start} netem limit ${NETEM_LIMIT}`,
    ...(delayMs === null ? [] : [`delay ${microseconds(delayMs)}`]),
    ...(jitterMs === null ? [] : [microseconds(jitterMs)]),
    ...(lossPercent === null ? [] : [`loss ${lossPercent}%`]),
    ...(rateBps === null ? [] : [`rate ${Math.round(rateBps)}bit`]),
  ].join(" ");
}

/** The bytes that pass in a tick of the slowest kernel timer, 10 ms; but at least several of the largest frames. */
function burstBytes(rateBps: number): number {
  return Math.max(65_536, Math.ceil(rateBps / 8 / 100));
}

function microseconds(ms: number): string {
  return `${Math.round(ms * 1000)}us`;
}
