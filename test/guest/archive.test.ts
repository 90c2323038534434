import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeCpio } from "../../src/image/cpio.ts";
import { runPerl } from "./run-perl.ts";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "ikv-unpack-"));
});

afterEach(async () => {
  await rm(root, { recursive: true });
});

const unpack = (archive: Uint8Array) =>
  runPerl(
    "Archive",
    "local $/; IkvSwitch::Archive::unpack_archive(readline(STDIN), $ARGV[0]); printf '%04o', umask",
    [root],
    archive,
  );
const modeOf = async (path: string) => (await stat(join(root, path))).mode & 0o7777;

describe("unpacking the node's files in a clone", () => {
  it("makes files and folders of any length, with their content and modes", async () => {
    const contents = ["", "a", "ab", "abc", "abcd", "äöü\n"];
    const files = contents.map((content, index) => ({
      path: `etc/${"n".repeat(index + 1)}`,
      mode: 0o644,
      content,
    }));
    const bytes = Uint8Array.from({ length: 1000 }, (_, index) => index % 256);
    const key = { path: "root/.ssh/id_ed25519", mode: 0o600, content: bytes };
    const { exitCode, stderr } = await unpack(writeCpio([...files, key]));
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    for (const { path, content } of files) {
      expect(await readFile(join(root, path), "utf8")).toBe(content);
    }
    expect(new Uint8Array(await readFile(join(root, key.path)))).toEqual(bytes);
    expect(await Promise.all(["etc", "etc/n", "root", "root/.ssh", key.path].map(modeOf))).toEqual([
      0o755, 0o644, 0o700, 0o700, 0o600,
    ]);
  });

  it("replaces existing files, and keeps others beside them", async () => {
    const file = (name: string, content: string) => ({ path: `etc/${name}`, mode: 0o644, content });
    await unpack(writeCpio([file("hostname", "a longer name\n"), file("motd", "hello\n")]));
    await unpack(writeCpio([file("hostname", "leaf1\n")]));
    expect(await readFile(join(root, "etc/hostname"), "utf8")).toBe("leaf1\n");
    expect(await readFile(join(root, "etc/motd"), "utf8")).toBe("hello\n");
  });

  it("ignores the zeros after an archive on a disk, and does not change the umask", async () => {
    const archive = writeCpio([{ path: "motd", mode: 0o644, content: "hello\n" }]);
    const { exitCode, stdout } = await unpack(Uint8Array.from([...archive, ...new Uint8Array(1024)]));
    expect([exitCode, stdout]).toEqual([0, (process.umask() & 0o777).toString(8).padStart(4, "0")]);
  });

  it.each([
    ["nothing", new Uint8Array()],
    ["zeros", new Uint8Array(512)],
    ["a truncated archive", writeCpio([{ path: "motd", mode: 0o644, content: "hello\n" }]).slice(0, 130)],
  ])("fails with a message for %s", async (_, archive) => {
    const { exitCode, stderr } = await unpack(archive);
    expect(exitCode).not.toBe(0);
    expect(stderr).toMatch(
      /^the (cpio archive of the node's files is truncated|node's files are not a cpio archive)\n$/,
    );
  });

  it("names the file that can't be written", async () => {
    const { exitCode, stderr } = await unpack(
      writeCpio([
        { path: "etc", mode: 0o644, content: "a file" },
        { path: "etc/hostname", mode: 0o644, content: "leaf1\n" },
      ]),
    );
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain(`${root}/etc: Is a directory`);
  });
});
