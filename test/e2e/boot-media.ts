/** Size of a sector of a CD, in bytes. */
const CD_SECTOR = 2048;

/**
 * Prints a letter 18 times a second on the second serial port, which is the console of a VM's BMC, and switches itself
 * off when its power button is pressed.
 */
function printing(letter: string): Uint8Array {
  const sector = new Uint8Array(512);
  sector.set([
    ...[0xba, 0x02, 0x06, 0xb8, 0x00, 0x01, 0xef], // PM1 enable (0x602): power button
    ...[0xba, 0xf8, 0x02], // 1: mov dx, 0x2f8: data
    ...[0xb0, letter.charCodeAt(0)], // mov al, letter
    0xee, // out dx, al
    ...[0xfb, 0xf4], // sti; hlt
    ...[0xba, 0x00, 0x06, 0xed], // in ax from PM1 status (0x600)
    ...[0xf6, 0xc4, 0x01, 0x74, 0xef], // test ah, 1: power button; jz 1b
    ...[0xba, 0x04, 0x06, 0xb8, 0x00, 0x20, 0xef], // PM1 control (0x604): sleep, type S5
    ...[0xeb, 0xfe], // jmp .
  ]);
  sector.set([0x55, 0xaa], 510);
  return sector;
}

/** Returns a disk whose boot sector prints a letter, see above. */
export function bootDisk(letter: string): Uint8Array {
  const disk = new Uint8Array(1024 * 1024);
  disk.set(printing(letter));
  return disk;
}

/** Returns an ISO image whose boot sector does the same: ISO 9660 without files, with El Torito's boot catalog. */
export function bootCd(letter: string): Uint8Array {
  const image = new Uint8Array(64 * CD_SECTOR);
  const view = new DataView(image.buffer);
  const text = (at: number, words: string) => image.set(new TextEncoder().encode(words), at);
  const descriptor = (sector: number, type: number) => {
    image.set([type], sector * CD_SECTOR);
    text(sector * CD_SECTOR + 1, "CD001");
    image.set([1], sector * CD_SECTOR + 6);
    return sector * CD_SECTOR;
  };
  const CATALOG = 19;
  const BOOT_SECTOR = 20;
  descriptor(16, 1);
  const record = descriptor(17, 0);
  text(record + 7, "EL TORITO SPECIFICATION");
  view.setUint32(record + 0x47, CATALOG, true);
  descriptor(18, 255);
  const catalog = CATALOG * CD_SECTOR;
  // Validation entry: the sum of its words is 0.
  image.set([1], catalog);
  view.setUint16(catalog + 0x1c, 0x10000 - 1 - 0xaa55, true);
  image.set([0x55, 0xaa], catalog + 0x1e);
  // Default entry: bootable, no emulation, one sector of 512 bytes.
  image.set([0x88, 0, 0, 0, 0, 0, 1, 0], catalog + 0x20);
  view.setUint32(catalog + 0x28, BOOT_SECTOR, true);
  image.set(printing(letter), BOOT_SECTOR * CD_SECTOR);
  return image;
}
