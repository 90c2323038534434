/** Returns a number from 0 up to, not including, 1. */
export type Random = () => number;

/** Returns a generator (Mulberry32). The same seed gives the same numbers, so that a failure can be repeated. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Damages a configuration file in one to four ways, like typing errors, disk errors and malice. */
export function mutate(text: string, random: Random): string {
  let mutated = text;
  for (let count = 1 + Math.floor(random() * 4); count > 0; count -= 1) {
    mutated = pick(MUTATIONS, random)(mutated, random);
  }
  return mutated;
}

type Mutation = (text: string, random: Random) => string;

const MUTATIONS: readonly [Mutation, ...Mutation[]] = [
  changeBit,
  swapLines,
  removeLine,
  repeatLine,
  cutOff,
  insertToken,
  replaceValue,
  replaceValue,
  replaceValue,
  damageKey,
  exchangeValues,
];

/** Characters that are special to a shell or a terminal, and numbers in other notations. */
const TOKENS: readonly [string, ...string[]] = [
  "$",
  "${",
  "}",
  "$((",
  "))",
  "$(",
  "`",
  "'",
  '"',
  "\\",
  "\\\n",
  ";",
  "&&",
  "|",
  ">",
  "(",
  " ",
  "\t",
  "#",
  "=",
  "\n",
  "\r\n",
  "\r",
  "\0",
  "\u001b[2J",
  "\u00a0",
  "\u2028",
  "\u202e",
  "\ufeff",
  "\ufffd",
  "\ud83d",
  "😀",
  "é",
  "export ",
  "$NUM_U",
  "${NUM_U}",
  "${HOST_VIRTUAL_SUBNET_START_PREFIX}",
  "${NUM_U:-3}",
  "$((1/0))",
  "$(( NUM_U * NUM_U ))",
  "$(( ((((((((((((((((((((((((((((((((1)))))))))))))))))))))))))))))))) ))",
  "__proto__=1\n",
  "constructor=1\n",
  "DHCPD_SUBNET_4=192.168.120\n",
  "DHCPD_SUBNET_0=1.2.3\n",
  "VLAN_SUBNETS_NUM=128\n",
  "NUM_RACKS=64\n",
];

const VALUES: readonly [string, ...string[]] = [
  "",
  "0",
  "-1",
  "1",
  "9",
  "64",
  "007",
  "0x10",
  "1e3",
  "1025",
  "4094",
  "4095",
  "65535",
  "65536",
  "4294967295",
  "4294967296",
  "9007199254740993",
  "99999999999999999999999999999999",
  "1.5",
  "Infinity",
  "auto",
  "default",
  "..",
  "../../etc/passwd",
  "/",
  "-rf",
  "ik",
  "ikhb",
  "a-name-longer-than-fifteen",
  "10",
  "10.0",
  "10.0.0",
  "10.0.0.1",
  "192.168.96",
  "192.168.127",
  "192.168.128",
  "255.255.255.255",
  "256.1.1.1",
  "10.0.0.0/8",
  "0.0.0.0/0",
  "::1",
  "01:00:5e:00:00",
  "ff:ff:ff:ff:ff:ff",
  "http://[",
  "http://x/{{y}}",
  "256,leaf3=512",
  "256,leaf999=1",
  "52:54:00:12:34:56=192.168.110.10=node1",
  "{{x}}",
  "%s%n",
];

function pick<T>(items: readonly [T, ...T[]], random: Random): T {
  return items[Math.floor(random() * items.length)] ?? items[0];
}

function place(text: string, random: Random): number {
  return Math.floor(random() * (text.length + 1));
}

function changeBit(text: string, random: Random): string {
  const at = place(text, random);
  const changed = text.charCodeAt(at) ^ (1 << Math.floor(random() * 8));
  return Number.isNaN(text.charCodeAt(at))
    ? text
    : text.slice(0, at) + String.fromCharCode(changed) + text.slice(at + 1);
}

function insertToken(text: string, random: Random): string {
  const at = place(text, random);
  return text.slice(0, at) + pick(TOKENS, random) + text.slice(at);
}

function cutOff(text: string, random: Random): string {
  return random() < 0.2 ? text.slice(0, place(text, random)) : text;
}

function onLines(change: (lines: string[], at: number, random: Random) => void): Mutation {
  return (text, random) => {
    const lines = text.split("\n");
    change(lines, Math.floor(random() * lines.length), random);
    return lines.join("\n");
  };
}

function swapLines(text: string, random: Random): string {
  return onLines((lines, at) => {
    const other = Math.floor(random() * lines.length);
    [lines[at], lines[other]] = [lines[other] ?? "", lines[at] ?? ""];
  })(text, random);
}

function removeLine(text: string, random: Random): string {
  return onLines((lines, at) => lines.splice(at, 1))(text, random);
}

function repeatLine(text: string, random: Random): string {
  return onLines((lines, at) => lines.splice(Math.floor(random() * lines.length), 0, lines[at] ?? ""))(
    text,
    random,
  );
}

/** Returns a mutation that changes one assignment. */
function onAssignment(
  change: (key: string, value: string, random: Random, all: readonly string[]) => string,
): Mutation {
  return (text, random) => {
    const lines = text.split("\n");
    const assigning = lines.flatMap((line, index) => (/^[A-Z]\w*=/.test(line) ? [index] : []));
    const at = assigning[Math.floor(random() * assigning.length)];
    const line = at === undefined ? undefined : lines[at];
    if (at === undefined || line === undefined) {
      return text;
    }
    const equals = line.indexOf("=");
    lines[at] = change(line.slice(0, equals), line.slice(equals + 1), random, lines);
    return lines.join("\n");
  };
}

function replaceValue(text: string, random: Random): string {
  return onAssignment((key, value) => {
    const put = pick(VALUES, random);
    return random() < 0.8 ? `${key}=${put}` : `${key}=${value}${put}`;
  })(text, random);
}

/** Gives one key the value of another key. */
function exchangeValues(text: string, random: Random): string {
  return onAssignment((key, value, _random, all) => {
    const other = all[Math.floor(random() * all.length)] ?? "";
    return other.includes("=") ? `${key}=${other.slice(other.indexOf("=") + 1)}` : `${key}=${value}`;
  })(text, random);
}

/** Swaps two neighbouring letters of a key's name, or leaves one out. */
function damageKey(text: string, random: Random): string {
  return onAssignment((key, value) => {
    const at = Math.floor(random() * (key.length - 1));
    const swapped = random() < 0.5 ? `${key.charAt(at + 1)}${key.charAt(at)}` : key.charAt(at);
    return `${key.slice(0, at)}${swapped}${key.slice(at + 2)}=${value}`;
  })(text, random);
}
