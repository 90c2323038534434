import type { Family, IptablesView } from "../model/firewall.ts";
import type { ObservedRule } from "../model/firewall-rules.ts";
import { OWN_COMMENT } from "../model/ownership.ts";

/** Reads the output of iptables-save or ip6tables-save. */
export function parseIptablesSave(family: Family, text: string): IptablesView {
  const rules: ObservedRule[] = [];
  let forwardDrops = false;
  let table = "";
  for (const line of text.split("\n")) {
    if (line.startsWith("*")) {
      table = line.slice(1).trim();
    } else if (table === "filter" && dropsAllForwarded(line)) {
      forwardDrops = true;
    } else if (isOurs(line)) {
      rules.push(parseRule(family, table, line));
    }
  }
  return { forwardDrops, rules };
}

/**
 * Reports whether a line drops all forwarded packets: the chain's policy, or a last rule for everything, as the
 * firewalls of some distributions have it.
 */
function dropsAllForwarded(line: string): boolean {
  return /^:FORWARD DROP\b/.test(line) || /^-A FORWARD -j (DROP|REJECT)\b/.test(line);
}

const comment = new RegExp(` -m comment --comment "?(${OWN_COMMENT.source})"?(?= |$)`);

function isOurs(line: string): boolean {
  return line.startsWith("-A ") && comment.test(line);
}

function parseRule(family: Family, table: string, line: string): ObservedRule {
  const [, chain = "", ...words] = line.trim().split(" ");
  const statement = words.join(" ");
  return {
    backend: "iptables",
    family,
    table,
    chain,
    owner: comment.exec(line)?.[1] ?? "",
    identity: ` ${statement}`.replace(comment, "").trim(),
    statement,
  };
}
