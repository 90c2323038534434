import { once } from "node:events";
import { lchown, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { localHost } from "../../src/system/local-host.ts";

const NOBODY = 65534;

it("connects to a socket by its own path or by root's link, but not by a link of another user", async () => {
  const host = localHost();
  const folder = await mkdtemp(join(tmpdir(), "ikvswitch-test-"));
  const at = (name: string) => join(folder, name);
  const server = createServer((socket) => socket.end("hello"));
  await once(server.listen(at("socket")), "listening");
  await symlink(at("socket"), at("ours"));
  await symlink(at("socket"), at("theirs"));
  await lchown(at("theirs"), NOBODY, NOBODY);
  await writeFile(at("file"), "");
  const said = async (name: string) => {
    let text = "";
    for await (const chunk of await host.connect(at(name))) {
      text += chunk;
    }
    return text;
  };
  expect(await said("socket")).toBe("hello");
  expect(await said("ours")).toBe("hello");
  await expect(said("theirs")).rejects.toThrow(`${at("theirs")}: a symbolic link of another user`);
  await expect(said("file")).rejects.toMatchObject({ code: "ECONNREFUSED" });
  await expect(said("none")).rejects.toMatchObject({ code: "ENOENT" });
  server.close();
  await rm(folder, { recursive: true });
});
