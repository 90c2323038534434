import { formatDuration } from "../../format/duration.ts";
import { short } from "../../format/short-number.ts";
import type { LinkRates, LinkView, NodeState, Rate } from "../model/state.ts";

/** How something is: for colours, each of which comes with a sign and a word. */
export type Tone = "good" | "bad" | "doubtful" | "off";

export const SIGNS: Readonly<Record<Tone, string>> = { good: "●", bad: "▲", doubtful: "◆", off: "○" };

/** Returns a switch's state in a word, and how that is. */
export function nodeWord(node: NodeState | undefined): { readonly tone: Tone; readonly word: string } {
  if (node === undefined) {
    return { tone: "off", word: "unknown" };
  }
  switch (node.state) {
    case "stopped":
      return { tone: "off", word: "stopped" };
    case "frozen":
      return { tone: "doubtful", word: "frozen" };
    case "silent":
      return { tone: "bad", word: "silent" };
    case "running":
      if (!node.reachable) {
        return { tone: "bad", word: "unreachable" };
      }
      return { tone: node.sessions.up === node.sessions.planned ? "good" : "bad", word: "running" };
  }
}

/** `4/4`, `?/4`. */
export function sessionsWord(node: NodeState | undefined): string {
  return node === undefined ? "" : `${node.sessions.up ?? "?"}/${node.sessions.planned}`;
}

export function uptimeWord(node: NodeState | undefined): string {
  return node === undefined || node.sinceMs === null
    ? ""
    : formatDuration(Math.max(0, Math.round((Date.now() - node.sinceMs) / 1000)));
}

/** Returns how a link is. A link without a fault may still have lost its session. */
export function linkTone(link: LinkView | undefined): Tone {
  if (link === undefined || link.state === "missing") {
    return "off";
  }
  if (link.state === "down" || link.state === "blackholed" || link.session === "down") {
    return "bad";
  }
  return link.state === "impaired" ? "doubtful" : "good";
}

/** Returns a link's state in words. */
export function linkWord(link: LinkView | undefined): string {
  if (link === undefined) {
    return "unknown";
  }
  return link.state === "up" && link.session === "down" ? `${link.text}, no BGP session` : link.text;
}

/** `1.23M`, of both directions together. */
export function bitsWord(rates: LinkRates | undefined): string {
  return rates === undefined ? "" : `${short(rates.there.bits + rates.back.bits)}bit/s`;
}

/** `1.23Mbit/s, 130 packet/s`. */
export function rateWord({ bits, packets }: Rate): string {
  return `${short(bits)}bit/s, ${short(packets)} packet/s`;
}

export function timeWord(at: string): string {
  return new Date(at).toLocaleTimeString([], { hour12: false });
}
