import { mkdir, mkdtemp, open, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, it } from "vitest";
import { FileError, InterruptedError } from "../../src/errors.ts";
import { localHost } from "../../src/system/local-host.ts";

let folder: string;
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ikvswitch-test-"));
  await Promise.all([writeFile(at("file"), "text\n"), writeFile(at("empty"), ""), mkdir(at("folder"))]);
  await Promise.all([symlink(at("file"), at("link")), symlink(at("circle"), at("circle"))]);
  await execa("mkfifo", [at("fifo")]);
});

afterAll(() => rm(folder, { recursive: true }));

it("files of every size are read, including those below /proc", async () => {
  const host = localHost();
  expect(await host.readFile(at("file"))).toBe("text\n");
  expect(await host.readFile(at("empty"))).toBe("");
  expect(await host.readFile(at("none"))).toBeUndefined();
  expect(await host.readFile(`${at("file")}/none`)).toBeUndefined();
  expect(await host.readFile("/proc/self/status")).toContain("Pid:");
  expect(await host.readFile("/proc/kallsyms")).toBe(await readFile("/proc/kallsyms", "utf8"));
  const large = Buffer.alloc(300_001, "x");
  await writeFile(at("large"), large);
  expect(large.equals((await host.readBytes(at("large"))) ?? Buffer.of())).toBe(true);
});

it("the size limit also holds for files that report no size", async () => {
  const host = localHost();
  expect(await host.readFile(at("file"), { maxBytes: 5 })).toBe("text\n");
  await expect(host.readFile(at("file"), { maxBytes: 4 })).rejects.toThrow(
    `${at("file")}: larger than 4 bytes`,
  );
  await expect(host.readFile("/proc/kallsyms", { maxBytes: 10_000 })).rejects.toThrow(
    "/proc/kallsyms: larger than 10000 bytes",
  );
});

it.each([
  ["folder", "a folder, not a regular file"],
  ["fifo", "a FIFO, not a regular file"],
  ["circle", "symbolic link loop"],
  ["socket", "a socket, not a regular file"],
  ["/dev/zero", "a device, not a regular file"],
])("%s is refused at once as no regular file", async (name, reason) => {
  const server = createServer();
  if (name === "socket") {
    await new Promise<void>((resolve) => server.listen(at(name), resolve));
  }
  const path = name.startsWith("/") ? name : at(name);
  const reading = localHost().readFile(path, { pipes: true });
  await expect(reading).rejects.toBeInstanceOf(FileError);
  await expect(reading).rejects.toThrow(`${path}: ${reason}`);
  server.close();
});

it("links are followed, unless that is disabled", async () => {
  expect(await localHost().readFile(at("link"))).toBe("text\n");
  await expect(localHost().readFile(at("link"), { followLinks: false })).rejects.toThrow(
    `${at("link")}: a symbolic link`,
  );
});

it("a pipe that the caller opened is read, within the limit and until an interrupt", async () => {
  // Opened for reading and writing, so that the pipe has a writer.
  const pipe = await open(at("fifo"), "r+");
  const path = `/proc/self/fd/${pipe.fd}`;
  const read = (maxBytes: number, interrupted?: AbortSignal) =>
    localHost(interrupted).readFile(path, { pipes: true, maxBytes });
  await expect(localHost().readFile(path)).rejects.toThrow("a FIFO");
  await pipe.write("NUM_U=3\n");
  await expect(read(4)).rejects.toThrow(`${path}: larger than 4 bytes`);
  const interruption = new AbortController();
  const interruptedRead = read(100, interruption.signal);
  interruption.abort(new InterruptedError());
  await expect(interruptedRead).rejects.toBeInstanceOf(InterruptedError);
  await pipe.close();
});
