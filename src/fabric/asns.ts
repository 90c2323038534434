import type { Config } from "../config/types.ts";
import type { Report } from "./report.ts";
import type { FabricSize } from "./size.ts";

/** AS numbers that no router may use as its own, with the RFC that says so. */
const RESERVED: readonly { readonly first: number; readonly last: number; readonly why: string }[] = [
  { first: 0, last: 0, why: "0 means no AS (RFC 7607)" },
  { first: 23456, last: 23456, why: "23456 stands in for 4-byte numbers (AS_TRANS, RFC 6793)" },
  { first: 65535, last: 65535, why: "65535 is reserved (RFC 7300)" },
  { first: 4294967295, last: 4294967295, why: "4294967295 is reserved (RFC 7300)" },
];
const LAST_ASN = 4294967295;

/** Consecutive AS numbers in the order of the nodes: AS_START is the internet router's. */
export function asnOf(config: Config, index: number): number {
  return config.AS_START + index;
}

/** Reports a run of numbers that goes past the last one or over one that is reserved. */
export function checkAsns(config: Config, size: FabricSize, report: Report): void {
  const first = config.AS_START;
  const last = asnOf(config, size.nodes - 1);
  if (last > LAST_ASN) {
    report(
      "AS_START",
      `the AS numbers run out: ${size.nodes} switches need ${first} to ${last}, and ${LAST_ASN} is the last`,
    );
    return;
  }
  for (const range of RESERVED) {
    if (first <= range.last && last >= range.first) {
      report(
        "AS_START",
        `${size.nodes} switches have AS numbers ${first} to ${last}, and ${range.why}; ` +
          "private numbers are 64512 to 65534 and 4200000000 to 4294967294",
      );
    }
  }
}
