import { type NodeObservation, type Seen, seen, unseen } from "../model/observation.ts";
import { parseDhcp, parseDhcp6 } from "../parse/dhcp.ts";
import { parseFrr } from "../parse/frr.ts";
import { parseInterfaces, parseRoutes } from "../parse/ip.ts";
import { jsonDocuments } from "../parse/json-documents.ts";
import { parseLldp, repairLldpJson } from "../parse/lldp.ts";
import { parseMacs } from "../parse/macs.ts";
import { parseVlans } from "../parse/vlans.ts";
import { EXIT, SECTION } from "./command.ts";

/** Parse the output of `queryCommand`. A source that failed or was not queried is unseen. */
export function parseAnswer(text: string): NodeObservation {
  const sections = splitSections(text);
  const section = (name: string) => sections.get(name) ?? { text: "", exitCode: NOT_QUERIED };
  const [ip, ip6, vlans, lldp] = [section("ip"), section("ip6"), section("vlans"), section("lldp")];
  const [interfaces, routes] = jsonDocuments(ip.text);
  const [routes6] = jsonDocuments(ip6.text);
  const [passed] = jsonDocuments(vlans.text);
  const [neighbors] = jsonDocuments(repairLldpJson(lldp.text));
  return {
    frr: frrFrom(section("frr")),
    interfaces: readWith(interfaces, "ip", ip, parseInterfaces),
    routes: readWith(
      routes,
      "ip",
      ip,
      (table) => new Map([...parseRoutes(table), ...parseRoutes(routes6 ?? [], "::/0")]),
    ),
    vlans: readWith(passed, "bridge", vlans, parseVlans),
    lldp: readWith(lldp.exitCode === 0 ? neighbors : undefined, "lldpd", lldp, parseLldp),
    dhcp: dhcpFrom(section("sockets"), section("kea"), section("leases"), parseDhcp),
    dhcp6: dhcpFrom(section("sockets6"), section("kea6"), section("leases6"), parseDhcp6),
    macs: macsFrom(section("fdb"), section("neigh")),
    answered:
      section("ping").exitCode === NOT_QUERIED
        ? unseen("not queried")
        : seen(
            new Set(
              section("ping")
                .text.split("\n")
                .filter((line) => line !== ""),
            ),
          ),
  };
}

function dhcpFrom(
  sockets: Section,
  kea: Section,
  leases: Section,
  parse: typeof parseDhcp,
): NodeObservation["dhcp"] {
  return sockets.exitCode === 0
    ? seen(parse(sockets.text, readable(kea), readable(leases)))
    : unseen(reason("ss", sockets));
}

function macsFrom(fdb: Section, neigh: Section): NodeObservation["macs"] {
  const [forwarding] = jsonDocuments(fdb.text);
  const [neighbors] = jsonDocuments(neigh.text);
  const bridged = readWith(forwarding, "bridge", fdb, (table) => table);
  return bridged.seen
    ? readWith(neighbors, "ip", neigh, (table) => parseMacs(bridged.value, table))
    : bridged;
}

/** Never throws: a switch may print anything, which must not abort the check. */
function readWith<T>(
  document: unknown,
  who: string,
  section: Section,
  read: (document: unknown) => T,
): Seen<T> {
  if (document === undefined) {
    return unseen(reason(who, section));
  }
  try {
    return seen(read(document));
  } catch {
    return unseen(`invalid answer from ${who}`);
  }
}

interface Section {
  readonly text: string;
  readonly exitCode: number;
}

const NOT_QUERIED = -1;
/** Exit codes of timeout(1), and of a shell that does not find the program. */
const TIMED_OUT = 124;
const NOT_FOUND = 127;

function splitSections(text: string): ReadonlyMap<string, Section> {
  const parts = `\n${text}`.split(`\n${SECTION} `).slice(1);
  return new Map(
    parts.map((part) => {
      const [name = ""] = part.split("\n", 1);
      const end = part.lastIndexOf(`\n${EXIT} `);
      // A section without an end marker was truncated.
      const exitCode = end < 0 ? TIMED_OUT : Number(part.slice(end + EXIT.length + 2));
      return [name, { text: part.slice(name.length + 1, end < 0 ? undefined : end), exitCode }];
    }),
  );
}

function frrFrom(section: Section): NodeObservation["frr"] {
  const read = readWith(section.text, "FRR", section, (text) => parseFrr(String(text)));
  if (!read.seen) {
    return read;
  }
  const found = read.value;
  const said = found.daemons.length + found.sessions.size + found.bfd.size + found.prefixes.length;
  return said === 0 ? unseen(reason("FRR", section)) : seen(found);
}

/** Returns the reason in one line: `lldpd does not answer (unable to connect to socket)`. */
function reason(who: string, { text, exitCode }: Section): string {
  if (exitCode === NOT_QUERIED) {
    return "not queried";
  }
  if (exitCode === TIMED_OUT) {
    return `${who} does not answer in time`;
  }
  const last = text.trim().split("\n").at(-1) ?? "";
  // lldpcli prefixes its messages like a log.
  const said = exitCode === NOT_FOUND ? "not installed" : last.replace(/^\S+ \[[A-Z]+\/\w+\] /, "").trim();
  return `${who} does not answer${said === "" ? "" : ` (${said})`}`;
}

function readable({ text, exitCode }: Section): string {
  return exitCode === 0 ? text : "";
}
