import { describe, expect, it } from "vitest";
import { copyMemoryCommand, firmwareBytes } from "../../../../src/backends/qemu/snapshot/memory.ts";

describe("a VM's memory", () => {
  it("is copied sparsely from its address in the QEMU process", () => {
    const range = { pid: 42, address: 0x7f01_8fff_f000n, bytes: 192 * 1024 * 1024 };
    expect(copyMemoryCommand(range, "/s/one/leaf1/memory").args).toEqual([
      "if=/proc/42/mem",
      "of=/s/one/leaf1/memory",
      "bs=64K",
      "skip=139644687609856",
      "count=201326592",
      "iflag=skip_bytes,count_bytes,fullblock",
      "conv=sparse",
      "status=none",
    ]);
  });

  it("has firmware of the length that QEMU lists, with or without the columns of later versions", () => {
    const head =
      "              Block Name    PSize              Offset               Used              Total";
    const ram = "                     ram    4 KiB  0x0000000000000000 0x000000000c000000 0x000000000c000000";
    const bios =
      "                 pc.bios    4 KiB  0x000000000c000000 0x0000000000040000 0x0000000000040000";
    expect(firmwareBytes(`${head}\r\n${ram}\r\n${bios}\r\n`)).toBe(0x40000);
    expect(firmwareBytes(`${head}\n${ram}\n${bios} 0x00007f0000000000  ro\n`)).toBe(0x40000);
    expect(() => firmwareBytes(`${head}\n${ram}\n`)).toThrow(/pc|ram/);
  });
});
