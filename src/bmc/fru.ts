/**
 * A field replaceable unit's inventory (IPMI Platform Management FRU Information Storage Definition 1.0): a
 * header, and one area that describes the product. Texts are ASCII of 2 to 63 characters.
 */
export function fruInventory(product: {
  readonly manufacturer: string;
  readonly name: string;
  readonly partNumber: string;
}): Uint8Array {
  const area = productArea([product.manufacturer, product.name, product.partNumber]);
  return Uint8Array.from([
    ...withChecksum([FORMAT_VERSION, 0, 0, 0, HEADER_BYTES / UNIT_BYTES, 0, 0]),
    ...area,
  ]);
}

const FORMAT_VERSION = 1;
const HEADER_BYTES = 8;
/** Areas begin and end at multiples of this. */
const UNIT_BYTES = 8;
const ENGLISH = 25;
const END_OF_FIELDS = 0xc1;
/** Version, serial number, asset tag and FRU file come after the part number and are empty. */
const EMPTY_FIELDS = [asciiField(""), asciiField(""), asciiField(""), asciiField("")];

function productArea(texts: readonly string[]): number[] {
  const fields = [...texts.map(asciiField), ...EMPTY_FIELDS].flat();
  const unpadded = 3 + fields.length + 1 + 1;
  const bytes = Math.ceil(unpadded / UNIT_BYTES) * UNIT_BYTES;
  const padding = Array.from({ length: bytes - unpadded }, () => 0);
  return withChecksum([FORMAT_VERSION, bytes / UNIT_BYTES, ENGLISH, ...fields, END_OF_FIELDS, ...padding]);
}

/**
 * Encodes a text field: a byte with type (8-bit text) and length, then the text. A text of length 1 would read as the
 * end mark.
 */
export function asciiField(text: string): number[] {
  const bytes = [...new TextEncoder().encode(text)];
  return [0xc0 | bytes.length, ...bytes];
}

/** Appends a checksum, so that all bytes together add up to 0. */
function withChecksum(bytes: readonly number[]): number[] {
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  return [...bytes, -sum & 0xff];
}
