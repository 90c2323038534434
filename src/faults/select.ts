import { UsageError } from "../errors.ts";
import { endName, linkName, linksOf, serverName } from "../fabric/ends.ts";
import type { Fabric, HostInterface, Link } from "../fabric/types.ts";

/**
 * Finds the link that the user names: by its two ends (`spine1 leaf1`), or by an end, host interface or bridge
 * (`leaf1:ens4`, `server1-3-1`, `iklt11`, `iksb12`).
 * @throws UsageError if there is none, or more than one.
 */
export function selectLink(fabric: Fabric, words: readonly [string] | readonly [string, string]): Link {
  const matches = linksOf(fabric).filter((link) =>
    words.length === 1 ? hasName(link, words[0]) : joins(link, words[0], words[1]),
  );
  const [link, ...others] = matches;
  if (link === undefined) {
    throw new UsageError(
      `no link ${words.length === 1 ? `"${words[0]}"` : `between "${words[0]}" and "${words[1]}"`}; ` +
        'give both ends ("spine1 leaf1"), one end ("leaf1:ens4", "server1-3-1"), a host interface or a bridge, ' +
        "as listed by 'ikvswitch link ls'",
    );
  }
  if (others.length > 0) {
    const names = matches.map(linkName).join("\n  ");
    throw new UsageError(
      `"${words.join(" ")}" is an end of several links; give the other end, too:\n  ${names}`,
    );
  }
  return link;
}

function hasName(link: Link, word: string): boolean {
  return link.bridge.name === word || link.interfaces.some((end) => isEnd(end, word));
}

function joins(link: Link, one: string, other: string): boolean {
  return link.interfaces.some(
    (end) => isEnd(end, one) && link.interfaces.some((peer) => peer !== end && isEnd(peer, other)),
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
