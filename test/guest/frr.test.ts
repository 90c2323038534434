import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runPerl } from "./run-perl.ts";

const [SUCCESS, WARNING, NO_MATCH] = [0, 1, 2];
const UNANSWERED = undefined;

interface Answer {
  readonly text?: string;
  readonly status?: number;
}

let folder: string;
let servers: Server[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ikv-vty-"));
  servers = [];
});

afterEach(async () => {
  for (const server of servers) {
    server.close();
  }
  await rm(folder, { recursive: true });
});

/**
 * Starts a daemon's vty socket that answers lines. `write` sends the bytes of an answer.
 * @returns the lines of each read
 */
async function daemon(
  name: string,
  answer: (line: string) => Answer | typeof UNANSWERED,
  write: (socket: Socket, bytes: Buffer) => void = (socket, bytes) => socket.write(bytes),
): Promise<readonly (readonly string[])[]> {
  const reads: string[][] = [];
  const server = createServer((socket) => {
    socket.on("data", (bytes) => {
      const lines = bytes.toString("utf8").split("\0").slice(0, -1);
      reads.push(lines);
      for (const reply of lines.map(answer)) {
        if (reply !== UNANSWERED) {
          const { text = "", status = SUCCESS } = reply;
          write(socket, Buffer.concat([Buffer.from(text), Buffer.from([0, 0, 0, status])]));
        }
      }
    });
    socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(join(folder, `${name}.vty`), resolve));
  servers.push(server);
  return reads;
}

const USE_FOLDER = "$IkvSwitch::Frr::SOCKETS = shift;";

describe("queries to one of FRR's daemons", () => {
  const ask = (...words: string[]) =>
    runPerl("Frr", `${USE_FOLDER} print IkvSwitch::Frr::ask(@ARGV)`, [folder, ...words]);

  it("return the answers to all commands, after the `enable` that some need", async () => {
    const reads = await daemon("bgpd", (line) => ({ text: line === "enable" ? "" : `answer to ${line}\n` }));
    const { stdout } = await ask("5", "bgpd", "show bgp summary", "show bfd peers");
    expect(stdout).toBe("answer to show bgp summary\nanswer to show bfd peers\n");
    expect(reads.flat()).toEqual(["enable", "show bgp summary", "show bfd peers"]);
  });

  it("join an answer that arrives in pieces, cut anywhere", async () => {
    const text = "a long answer\n".repeat(20_000);
    await daemon(
      "zebra",
      () => ({ text }),
      (socket, bytes) => {
        socket.setNoDelay();
        const end = bytes.length - 2;
        socket.write(bytes.subarray(0, 7));
        setTimeout(() => socket.write(bytes.subarray(7, end)), 20);
        setTimeout(() => socket.write(bytes.subarray(end)), 40);
      },
    );
    expect((await ask("5", "zebra", "show ip route")).stdout).toBe(text.repeat(2));
  });

  it("fail if the daemon does not run, does not answer in time, or hangs up", async () => {
    const missing = await ask("5", "bfdd", "show bfd peers");
    expect(missing.stderr).toBe("bfdd: No such file or directory\n");
    await daemon("bgpd", (line) => (line === "enable" ? {} : UNANSWERED));
    const late = await ask("0.2", "bgpd", "show bgp summary");
    expect(late.stderr).toBe("bgpd: no answer\n");
    await daemon(
      "zebra",
      () => ({}),
      (socket) => socket.destroy(),
    );
    const gone = await ask("5", "zebra", "show ip route");
    expect(gone.stderr).toBe("zebra hung up\n");
    expect([missing, late, gone].every(({ exitCode }) => exitCode !== 0)).toBe(true);
  });
});

describe("loading a configuration into FRR's daemons", () => {
  const load = async (files: Readonly<Record<string, readonly string[]>>) => {
    for (const [name, lines] of Object.entries(files)) {
      await writeFile(join(folder, `${name}.conf`), lines.map((line) => `${line}\n`).join(""));
    }
    const paths = Object.keys(files).map((name) => join(folder, `${name}.conf`));
    const script = `${USE_FOLDER} print "$_\\n" for IkvSwitch::Frr::load(@ARGV)`;
    const { stdout, stderr } = await runPerl("Frr", script, [folder, ...paths]);
    return { refused: stdout.split("\n").filter((line) => line !== ""), stderr };
  };

  it("sends each daemon its own lines as one change, twenty at once, but one by one to mgmtd", async () => {
    const bgpd = await daemon("bgpd", () => ({}));
    const mgmtd = await daemon("mgmtd", () => ({}));
    const lines = Array.from({ length: 30 }, (_, index) => `line ${index}`);
    expect(await load({ bgpd: lines, mgmtd: ["hostname leaf1"] })).toEqual({ refused: [], stderr: "" });
    const around = (inner: readonly string[]) => [
      ...["enable", "configure terminal file-lock", "XFRR_start_configuration"],
      ...inner,
      ...["XFRR_end_configuration", "end"],
    ];
    expect(bgpd.flat()).toEqual(around(lines));
    expect(bgpd.map(({ length }) => length)).toEqual([20, 15]);
    expect(mgmtd).toEqual(around(["hostname leaf1"]).map((line) => [line]));
  });

  it("reports statements that a daemon refuses, with its reason", async () => {
    await daemon("bgpd", (line) =>
      line === "router bgp x" ? { text: "% Bad AS number\n", status: WARNING } : {},
    );
    expect((await load({ bgpd: ["hostname leaf1", "router bgp x"] })).refused).toEqual([
      "bgpd: router bgp x: % Bad AS number",
    ]);
  });

  it("accepts a line that one of the daemons does not know, and reports one that none knows", async () => {
    const knows = (known: string) => (line: string) =>
      line === known || !line.startsWith("match") ? {} : { text: "unknown", status: NO_MATCH };
    await daemon("bgpd", knows("match as-path A"));
    await daemon("zebra", knows("match interface ens4"));
    const lines = ["match as-path A", "match interface ens4", "match nothing"];
    const { refused } = await load({ bgpd: lines, zebra: lines });
    expect(refused.sort()).toEqual(["bgpd: match nothing: unknown", "zebra: match nothing: unknown"]);
  });
});
