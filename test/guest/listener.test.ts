import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runPerl } from "./run-perl.ts";

it("a program that is started with a listening socket gets it as descriptor 3, as from systemd", async () => {
  const folder = await mkdtemp(join(tmpdir(), "ikv-listen-"));
  const path = join(folder, "socket");
  const script = `
    use Socket;
    my $listener = IkvSwitch::Listener::listen_on(PF_UNIX, pack_sockaddr_un($ARGV[0]), [SOL_SOCKET, SO_REUSEADDR, 1]);
    IkvSwitch::Listener::become('sh', '-c', 'echo "$LISTEN_FDS $((LISTEN_PID - $$))"; readlink /proc/$$/fd/3');`;
  try {
    const { stdout, stderr } = await runPerl("Listener", script, [path]);
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^1 0\nsocket:\[\d+\]\n?$/);
  } finally {
    await rm(folder, { recursive: true });
  }
});
