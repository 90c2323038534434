import { randomBytes } from "node:crypto";
import type { Host } from "../../system/host.ts";
import { guestExec } from "./guest-exec.ts";
import type { NodePaths } from "./paths.ts";

const TIMEOUT_MS = 30_000;
const SEED_BYTES = 64;

/**
 * Give each of these switches another random state than that which it goes on with, at once. For machines whose kernel
 * does not see from QEMU's generation ID that it is a copy.
 */
export async function renewRandomness(host: Host, nodes: readonly NodePaths[]): Promise<void> {
  await Promise.all(
    nodes.map(({ agent }) =>
      guestExec(
        host,
        { file: "/usr/bin/perl", args: ["-e", PROGRAM], input: randomBytes(SEED_BYTES) },
        { socket: agent, timeoutMs: TIMEOUT_MS },
      ),
    ),
  );
}

/** Credits what it reads, and has the kernel take it up: RNDADDENTROPY, RNDRESEEDCRNG (random(4)). */
const PROGRAM = `
  binmode STDIN;
  my $length = read(STDIN, my $seed, 512) or die "no seed was given\\n";
  open(my $random, "+<", "/dev/urandom") or die "/dev/urandom: $!\\n";
  ioctl($random, 0x40085203, pack("iia*", 8 * $length, $length, $seed)) or die "RNDADDENTROPY: $!\\n";
  ioctl($random, 0x5207, 0) or die "RNDRESEEDCRNG: $!\\n";
`;
