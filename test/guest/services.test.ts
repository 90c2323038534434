import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";

const guestFile = (path: string) => readFile(new URL(`../../guest/qemu/${path}`, import.meta.url), "utf8");

it("every service in inittab waits on a FIFO that the image contains", async () => {
  const inittab = await guestFile("rootfs/etc/inittab");
  const started = [...inittab.matchAll(/ikvswitch\/service (\S+)(?: (\S+))?$/gm)].map(([, name, tty]) =>
    tty === undefined ? name : `${name}-${tty}`,
  );
  const made = /^for service in (.*); do$/m.exec(await guestFile("build/finish"))?.[1]?.split(" ");
  expect(made?.sort()).toEqual(started.sort());
});
