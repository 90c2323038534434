import { UsageError } from "../errors.ts";
import { endName, serverName, wireName, wiresOf } from "../fabric/ends.ts";
import type { Fabric, HostInterface, Wire } from "../fabric/types.ts";

/**
 * The wire that the user means: between two ends (`spine1 leaf1`), or the one that has this end, host interface or
 * bridge (`leaf1:ens4`, `server1-3-1`, `iklt11`, `iksb12`).
 * @throws UsageError where there is none, or more than one.
 */
export function selectWire(fabric: Fabric, words: readonly [string] | readonly [string, string]): Wire {
  const matches = wiresOf(fabric).filter((wire) =>
    words.length === 1 ? hasName(wire, words[0]) : joins(wire, words[0], words[1]),
  );
  const [wire, ...others] = matches;
  if (wire === undefined) {
    throw new UsageError(
      `no link ${words.length === 1 ? `"${words[0]}"` : `between "${words[0]}" and "${words[1]}"`}; ` +
        'give both ends ("spine1 leaf1"), one end ("leaf1:ens4", "server1-3-1"), a host interface or a bridge, ' +
        "as listed by 'ikvswitch link ls'",
    );
  }
  if (others.length > 0) {
    const names = matches.map(wireName).join("\n  ");
    throw new UsageError(
      `"${words.join(" ")}" is an end of several links; give the other end, too:\n  ${names}`,
    );
  }
  return wire;
}

function hasName(wire: Wire, word: string): boolean {
  return wire.bridge.name === word || wire.interfaces.some((end) => isEnd(end, word));
}

function joins(wire: Wire, one: string, other: string): boolean {
  return wire.interfaces.some(
    (end) => isEnd(end, one) && wire.interfaces.some((peer) => peer !== end && isEnd(peer, other)),
  );
}

function isEnd({ name, end }: HostInterface, word: string): boolean {
  switch (end.kind) {
    case "host":
      return word === name || word === endName(end);
    case "node":
      return word === name || word === end.node || word === `${end.node}:${end.port}`;
    case "server":
      return word === name || word === serverName(end);
  }
}
