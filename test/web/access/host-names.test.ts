import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeError } from "../../../src/cli/report-error.ts";
import { parseListen } from "../../../src/system/listen-address.ts";
import { localHost } from "../../../src/system/local-host.ts";
import { checkHostName, hostNames } from "../../../src/web/access/host-names.ts";
import { runWeb, type WebRequest } from "../../../src/web/run.ts";

describe("--listen", () => {
  it("is an address and a port", () => {
    expect(parseListen("127.0.0.1:8096")).toEqual({ address: "127.0.0.1", port: 8096, isLoopback: true });
    expect(parseListen("[::1]:0")).toEqual({ address: "::1", port: 0, isLoopback: true });
    expect(parseListen("0.0.0.0:1").isLoopback).toBe(false);
    expect(parseListen("[::]:1").isLoopback).toBe(false);
    expect(parseListen("127.1.2.3:1").isLoopback).toBe(true);
  });

  it.each([
    "8096",
    "127.0.0.1",
    "localhost:8096",
    "::1:8096",
    "[127.0.0.1]:1",
    "127.0.0.1:65536",
    "127.1:80",
    ":80",
  ])("is not %s", (text) => {
    expect(() => parseListen(text)).toThrow("invalid value of --listen");
  });

  it("gives the names of the header Host, to which --host adds others", () => {
    const local = hostNames(parseListen("127.0.0.1:80"), []);
    expect([...local].sort()).toEqual(["127.0.0.1:80", "[::1]:80", "localhost:80"]);
    const open = hostNames(parseListen("192.0.2.7:443"), ["Lab.example", "lab.example:9000"]);
    expect([...open].sort()).toEqual([
      "192.0.2.7",
      "192.0.2.7:443",
      "lab.example",
      "lab.example:443",
      "lab.example:9000",
    ]);
    expect(() => checkHostName("lab.example/path")).toThrow("invalid value of --host");
  });
});

describe("a server that others than users of this host could reach", () => {
  let folder = "";
  const request = (changes: Partial<WebRequest>): WebRequest => ({
    listen: "127.0.0.1:0",
    names: [],
    tokenFile: undefined,
    certificateFile: undefined,
    keyFile: undefined,
    lab: () => Promise.reject(new Error("not asked for")),
    power: { up: async () => {}, down: async () => {} },
    describe: describeError,
    onWarning: () => {},
    signal: AbortSignal.abort(),
    ...changes,
  });
  const start = (changes: Partial<WebRequest>) => runWeb(localHost(), request(changes));

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "ikvswitch-token-"));
    await writeFile(join(folder, "token"), "0123456789abcdef\n");
    await writeFile(join(folder, "short"), "0123456789abcde\n");
    await writeFile(join(folder, "pem"), "no certificate");
  });

  afterAll(() => rm(folder, { recursive: true }));

  it("needs a token and TLS", async () => {
    const tokenFile = join(folder, "token");
    const pem = join(folder, "pem");
    const why = "needs --token-file, --tls-cert and --tls-key";
    await expect(start({ listen: "0.0.0.0:0" })).rejects.toThrow(why);
    await expect(start({ listen: "[::]:0", tokenFile })).rejects.toThrow(why);
    await expect(start({ listen: "192.0.2.7:0", certificateFile: pem, keyFile: pem })).rejects.toThrow(why);
    await expect(start({ certificateFile: pem })).rejects.toThrow("belong together");
  });

  it("needs a token that can't be guessed", async () => {
    await expect(start({ tokenFile: join(folder, "short") })).rejects.toThrow("at least 16");
    await expect(start({ tokenFile: join(folder, "none") })).rejects.toThrow("does not exist");
    const { token } = await start({ tokenFile: join(folder, "token") });
    expect(token).toBe("0123456789abcdef");
    const first = await start({});
    expect(first.token).toMatch(/^[\w-]{32}$/);
    expect((await start({})).token).not.toBe(first.token);
  });
});
