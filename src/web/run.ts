import { UsageError } from "../errors.ts";
import type { Host } from "../system/host.ts";
import { parseListen, urlHost } from "../system/listen-address.ts";
import { productPath } from "../system/product-path.ts";
import { makeGate } from "./access/gate.ts";
import { checkHostName, hostNames } from "./access/host-names.ts";
import { readToken } from "./access/token.ts";
import { apiRoutes } from "./api/routes.ts";
import { readPageFiles } from "./exchange/files.ts";
import { type DescribedFailure, serveWeb } from "./server/serve.ts";
import type { FabricPower } from "./service/services.ts";
import type { NamedLab } from "./watch/observe.ts";
import { makeWatcher } from "./watch/watcher.ts";
import { makeWork } from "./watch/work.ts";

export interface WebRequest {
  /** `127.0.0.1:8096` */
  readonly listen: string;
  /** Further names of this server. */
  readonly names: readonly string[];
  readonly tokenFile: string | undefined;
  readonly certificateFile: string | undefined;
  readonly keyFile: string | undefined;
  readonly lab: () => Promise<NamedLab>;
  readonly power: FabricPower;
  readonly describe: (error: unknown) => DescribedFailure;
  readonly onWarning: (text: string) => void;
  /** Ends the server. */
  readonly signal: AbortSignal;
}

/** A server that runs. */
export interface RunningWeb {
  /** `http://127.0.0.1:8096/` */
  readonly url: string;
  readonly port: number;
  readonly token: string;
  /** Resolves when it has ended, with all programs that it started. */
  readonly closed: Promise<void>;
}

/**
 * Serves the page and the API. Returns as soon as it listens.
 * @throws UsageError if others than users of this host could connect without token and TLS.
 */
export async function runWeb(host: Host, request: WebRequest): Promise<RunningWeb> {
  const { names, tokenFile, certificateFile, keyFile, lab, power, describe, onWarning, signal } = request;
  const listen = parseListen(request.listen);
  names.forEach(checkHostName);
  if ((certificateFile === undefined) !== (keyFile === undefined)) {
    throw new UsageError("--tls-cert and --tls-key belong together");
  }
  if (!listen.isLoopback && (tokenFile === undefined || certificateFile === undefined)) {
    throw new UsageError(
      `--listen ${request.listen} lets other hosts connect, which needs --token-file, --tls-cert and --tls-key`,
    );
  }
  const token = await readToken(host, tokenFile);
  const tls = await readTls(host, certificateFile, keyFile);
  const files = await readPageFiles(host, productPath("dist/web"));
  if (!files.has("/")) {
    throw new UsageError("the page is not built; run 'npm run build' in ikvswitch's folder");
  }
  const scheme = tls === undefined ? "http" : "https";
  const work = makeWork();
  const watcher = makeWatcher({ lab, work, describe: (error) => describe(error).text, signal });
  const server = await serveWeb({
    ...{ listen, tls, files, describe, routes: apiRoutes() },
    services: (port) => {
      const hosts = hostNames({ ...listen, port }, names);
      const gate = makeGate({ token, scheme, hosts, cookie: `ikvswitch-${port}` });
      return { lab, power, watcher, work, gate, onWarning, ended: signal };
    },
  });
  const shown = urlHost(listen.address);
  return { ...server, token, url: `${scheme}://${names[0] ?? shown}:${server.port}/` };
}

async function readTls(host: Host, certificateFile: string | undefined, keyFile: string | undefined) {
  if (certificateFile === undefined || keyFile === undefined) {
    return undefined;
  }
  const read = async (option: string, path: string) => {
    const text = await host.readFile(path, { pipes: true });
    if (text === undefined) {
      throw new UsageError(`${option}: ${path} does not exist`);
    }
    return text;
  };
  return { certificate: await read("--tls-cert", certificateFile), key: await read("--tls-key", keyFile) };
}
