import type { InterfaceName } from "../fabric/types.ts";

/** A queueing discipline in the output of `tc -j qdisc show`, with the fields about impairments. Seconds and bytes. */
interface QdiscJson {
  readonly kind: string;
  readonly dev: string;
  readonly root?: boolean;
  readonly options?: {
    readonly delay?: { readonly delay: number; readonly jitter: number };
    readonly "loss-random"?: { readonly loss: number };
    /** Bytes per second, of netem. */
    readonly rate?: { readonly rate: number } | number;
  };
}

/** Returns each interface's impairment in a few words: `delay 10 ms ± 2 ms, loss 1 %, rate 100 Mbit/s`. */
export function parseImpairments(json: string): ReadonlyMap<InterfaceName, string> {
  const qdiscs: readonly QdiscJson[] = JSON.parse(json);
  return new Map(
    qdiscs
      .filter(({ kind, root }) => root === true && (kind === "netem" || kind === "tbf"))
      .map((qdisc) => [qdisc.dev, describe(qdisc)]),
  );
}

function describe({ kind, options = {} }: QdiscJson): string {
  const { delay, rate } = options;
  const loss = options["loss-random"]?.loss ?? 0;
  const bytesPerSecond = typeof rate === "object" ? rate.rate : (rate ?? 0);
  const jitter = (delay?.jitter ?? 0) > 0 ? ` ± ${round((delay?.jitter ?? 0) * 1000)} ms` : "";
  const parts = [
    ...(delay !== undefined && delay.delay > 0 ? [`delay ${round(delay.delay * 1000)} ms${jitter}`] : []),
    ...(loss > 0 ? [`loss ${round(loss * 100)} %`] : []),
    ...(bytesPerSecond > 0 ? [`rate ${round((bytesPerSecond * 8) / 1e6)} Mbit/s`] : []),
  ];
  return parts.join(", ") || kind;
}

function round(value: number): number {
  return Number(value.toPrecision(6));
}
