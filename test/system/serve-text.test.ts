import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { serveText } from "../../src/system/serve-text.ts";

const running: { readonly end: AbortController; readonly done: Promise<void> }[] = [];

afterEach(async () => {
  for (const { end, done } of running.splice(0)) {
    end.abort();
    await done;
  }
});

async function serve(
  text: () => Promise<string>,
): Promise<{ readonly port: number; readonly failures: unknown[] }> {
  const end = new AbortController();
  const failures: unknown[] = [];
  const port = await new Promise<number>((onListening, reject) => {
    const done = serveText({
      ...{ address: "127.0.0.1", port: 0, path: "/metrics", contentType: "text/plain; version=0.0.4" },
      ...{ text, interrupted: end.signal, onListening, onFailure: (error) => failures.push(error) },
    });
    done.catch(reject);
    running.push({ end, done });
  });
  return { port, failures };
}

describe("a served text", () => {
  it("is made anew for each request, and once for those that come meanwhile", async () => {
    const waiting: ((text: string) => void)[] = [];
    const { port } = await serve(() => new Promise((resolve) => waiting.push(resolve)));
    const get = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const first = get();
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
    const second = get();
    // Answered after the second request has come, since its connection is opened later.
    await fetch(`http://127.0.0.1:${port}/`);
    waiting[0]?.("one");
    expect(await first).toBe("one");
    expect(await second).toBe("one");
    const third = get();
    await vi.waitFor(() => expect(waiting).toHaveLength(2));
    waiting[1]?.("two");
    expect(await third).toBe("two");
  });

  it("is at one path only, is not changed by other methods, and an error is a 503 without its text", async () => {
    const { port, failures } = await serve(() => Promise.reject(new Error("secret")));
    const base = `http://127.0.0.1:${port}`;
    expect((await fetch(`${base}/`)).status).toBe(404);
    expect((await fetch(`${base}/metrics`, { method: "POST", body: "x" })).status).toBe(405);
    const failed = await fetch(`${base}/metrics`);
    expect(failed.status).toBe(503);
    expect(await failed.text()).not.toContain("secret");
    expect(failures).toHaveLength(1);
  });

  it("ends connections that are open when it ends", async () => {
    const { port } = await serve(async () => "text");
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    const [{ end, done } = { end: new AbortController(), done: Promise.resolve() }] = running.splice(0);
    end.abort();
    await done;
    await once(socket, "close");
  });

  it("throws where the port is taken", async () => {
    const { port } = await serve(async () => "text");
    const other = serveText({
      ...{ address: "127.0.0.1", port, path: "/", contentType: "text/plain" },
      ...{ text: async () => "", interrupted: new AbortController().signal },
      ...{ onListening: () => {}, onFailure: () => {} },
    });
    await expect(other).rejects.toThrow("EADDRINUSE");
  });
});
