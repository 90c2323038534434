import product from "../../../package.json" with { type: "json" };
import { UsageError } from "../../errors.ts";
import { command } from "../command.ts";
import { type Context, endByInterrupt, type GlobalOptions, interrupted, loadContext } from "../context.ts";
import { passOn, tell, warn } from "../output.ts";
import { fabricHosts, fabricMachines } from "../place.ts";

interface MetricsOptions extends GlobalOptions {
  readonly listen: string | undefined;
}

export const metricsCommand = command<MetricsOptions>({
  command: "metrics",
  describe: "Print metrics for Prometheus, or serve them",
  builder: (parser) =>
    parser
      .option("listen", {
        type: "string",
        requiresArg: true,
        describe: "Serve them by HTTP at /metrics until Ctrl-C: 127.0.0.1:9465, [::1]:9465",
      })
      .example("$0 metrics --listen 127.0.0.1:9465", "for Prometheus on this host")
      .epilogue("docs/grafana-dashboard.json is a dashboard of these metrics."),
  run: async (options) => {
    if (options.json) {
      throw new UsageError("metrics are in Prometheus' text format; see 'ikvswitch status --json'");
    }
    const { parseListen, urlHost } = await import("../../system/listen-address.ts");
    const endpoint = options.listen === undefined ? undefined : parseListen(options.listen);
    const context = await loadContext(options);
    if (endpoint === undefined) {
      await passOn(await metricsOf(context));
      return;
    }
    const { METRICS_TYPE } = await import("../../telemetry/metrics.ts");
    const { serveText } = await import("../../system/serve-text.ts");
    endByInterrupt();
    await serveText({
      ...endpoint,
      path: "/metrics",
      contentType: METRICS_TYPE,
      text: () => metricsOf(context),
      interrupted,
      onListening: (port) =>
        tell(`Serving http://${urlHost(endpoint.address)}:${port}/metrics. Ctrl-C to quit.`),
      onFailure: (error) => warn(error instanceof Error ? error.message : String(error)),
    });
  },
});

async function metricsOf(context: Context): Promise<string> {
  const { measureFabric } = await import("../../telemetry/measure.ts");
  const { formatMetrics } = await import("../../telemetry/metrics.ts");
  const machines = await fabricMachines(context);
  const hosts = await fabricHosts(context);
  return formatMetrics(await measureFabric(hosts, context.fabric, machines), product.version);
}
