import type { Argv } from "yargs";
import { isEnclosed } from "../../enclosure/inside.ts";
import { UsageError } from "../../errors.ts";
import type { NamedLab } from "../../web/watch/observe.ts";
import { command } from "../command.ts";
import { endByInterrupt, type GlobalOptions, interrupted, loadContext } from "../context.ts";
import { labOf } from "../lab-of.ts";
import { print, tell, warn } from "../output.ts";
import { printDocument } from "../print-document.ts";
import { describeError } from "../report-error.ts";

interface WebOptions extends GlobalOptions {
  readonly listen: string;
  readonly host: readonly string[];
  readonly tokenFile: string | undefined;
  readonly tlsCert: string | undefined;
  readonly tlsKey: string | undefined;
}

export const webCommand = command<WebOptions>({
  command: "web",
  describe: "Serve a page of the fabric, and an HTTP API",
  builder: (parser: Argv) =>
    parser
      .option("listen", {
        type: "string",
        default: "127.0.0.1:8096",
        requiresArg: true,
        describe: "Address and port (default: 127.0.0.1:8096); other than loopback needs a token and TLS",
      })
      .option("host", {
        type: "string",
        array: true,
        nargs: 1,
        default: [],
        describe: "Further name by which browsers reach it, with its port if it is another (repeatable)",
      })
      .option("token-file", {
        type: "string",
        requiresArg: true,
        describe: "File with the token that every request needs (default: a new one, in the printed address)",
      })
      .option("tls-cert", { type: "string", requiresArg: true, describe: "File with the certificate (PEM)" })
      .option("tls-key", { type: "string", requiresArg: true, describe: "File with its key (PEM)" })
      .example("$0 web", "print the page's address, and serve it until Ctrl-C"),
  run: async (options) => {
    const { runWeb } = await import("../../web/run.ts");
    endByInterrupt();
    const { host, lab } = await currentLab(options);
    if (isEnclosed(process.env) && !options.listen.startsWith("127.0.0.1:")) {
      throw new UsageError(
        "an ordinary user's page is on the host's 127.0.0.1 only: --listen 127.0.0.1:PORT, and ssh -L from elsewhere",
      );
    }
    const { url, port, token, closed } = await runWeb(host, {
      listen: options.listen,
      names: options.host,
      tokenFile: options.tokenFile,
      certificateFile: options.tlsCert,
      keyFile: options.tlsKey,
      lab,
      power: {
        up: async (progress) => (await import("./fabric.ts")).bringUpAsIs(options, progress),
        down: async (progress) => (await import("./take-down.ts")).takeDownAsIs(options, progress),
      },
      describe: describeError,
      onWarning: warn,
      signal: interrupted,
    });
    // Without root, the browser is not where we listen.
    const { forwardPort } = await import("../../enclosure/forward-port.ts");
    const forwarded = isEnclosed(process.env) ? await forwardPort(host, port) : undefined;
    if (options.json) {
      printDocument("web", { url, port, ...(options.tokenFile === undefined ? { token } : {}) });
    } else {
      // After the #, it stays in the browser: it is in no request and in no log.
      print(options.tokenFile === undefined ? `${url}#token=${token}` : url);
      tell("Open this address in a browser. Ctrl-C ends the server.");
    }
    await closed;
    forwarded?.close();
  },
});

/** Returns what reads the configuration again whenever the fabric was brought up or taken down. */
async function currentLab(options: GlobalOptions) {
  const { keptConfigurationPath } = await import("../../nodes/kept-configuration.ts");
  const { createHash } = await import("node:crypto");
  const load = async () => {
    const context = await loadContext(options);
    const { loaded, fabric, settings, host } = context;
    const kept = await host.stat(keptConfigurationPath(settings.runDir));
    const named: NamedLab = {
      name: loaded.source.name,
      plan: createHash("sha256").update(JSON.stringify(fabric)).digest("base64url"),
      assertionFiles: loaded.config.CHECK_FILE === "" ? [] : [loaded.config.CHECK_FILE],
      lab: labOf(context),
    };
    return { named, host, runDir: settings.runDir, keptMs: kept?.modifiedMs };
  };
  let last = await load();
  let loading: Promise<NamedLab> | undefined;
  const renewed = async () => {
    const kept = await last.host.stat(keptConfigurationPath(last.runDir));
    // Without that file nothing is up, and the fabric that is brought up next may have other folders.
    if (kept === undefined || kept.modifiedMs !== last.keptMs) {
      last = await load();
    }
    return last.named;
  };
  const lab = () => {
    loading ??= renewed().finally(() => {
      loading = undefined;
    });
    return loading;
  };
  return { host: last.host, lab };
}
