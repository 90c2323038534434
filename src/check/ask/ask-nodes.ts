import { CommandError, TimeoutError } from "../../errors.ts";
import type { Machines, Patience } from "../../nodes/machines.ts";
import type { Host } from "../../system/host.ts";
import { nothingSeen, type Sight } from "../model/observation.ts";
import type { Question } from "../model/question.ts";
import { parseAnswer } from "./answer.ts";
import { questionCommand } from "./command.ts";

/** With the host. */
const HOST_PATIENCE: Omit<Patience, "atOnce"> = { timeoutMs: 25_000, programSeconds: 8 };

/** Ask each of these switches all of its question, in one go. A switch that is off or silent is no error. */
export async function askNodes(
  machines: Machines,
  questions: ReadonlyMap<string, Omit<Question, "timeoutSeconds">>,
): Promise<ReadonlyMap<string, Sight>> {
  const { patience } = machines;
  const waiting = [...questions];
  const sights = new Map<string, Sight>();
  const askNext = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [name, question] = next;
      sights.set(name, await ask(machines, name, question, patience));
    }
  };
  await Promise.all(Array.from({ length: patience.atOnce }, askNext));
  return sights;
}

/** The host is asked as the switches are. @throws CommandError where that fails */
export async function askHost(host: Host, question: Omit<Question, "timeoutSeconds">): Promise<Sight> {
  const startedMs = performance.now();
  const { timeoutMs, programSeconds } = HOST_PATIENCE;
  const command = questionCommand({ ...question, timeoutSeconds: programSeconds });
  const { stdout } = await host.run(command, { timeoutMs });
  return { observation: parseAnswer(stdout), trouble: null, durationMs: performance.now() - startedMs };
}

async function ask(
  machines: Machines,
  name: string,
  question: Omit<Question, "timeoutSeconds">,
  { timeoutMs, programSeconds }: Patience,
): Promise<Sight> {
  const startedMs = performance.now();
  const durationMs = () => performance.now() - startedMs;
  const troubled = (trouble: string): Sight => ({
    observation: nothingSeen(`${name} is ${trouble}`),
    trouble,
    durationMs: durationMs(),
  });
  try {
    if ((await machines.power(name)).power === "off") {
      return troubled("off");
    }
    if (await machines.isFrozen(name)) {
      return troubled("frozen");
    }
    const command = questionCommand({ ...question, timeoutSeconds: programSeconds }, machines.library);
    const { stdout } = await machines.exec(name, command, { timeoutMs, okExitCodes: "any" });
    return { observation: parseAnswer(stdout), trouble: null, durationMs: durationMs() };
  } catch (error) {
    if (error instanceof TimeoutError) {
      return troubled(`silent: no answer within ${timeoutMs / 1000} s`);
    }
    if (error instanceof CommandError) {
      const [said = ""] = error.stderr.trim().split("\n");
      return troubled(`silent${said === "" ? "" : `: ${said}`}`);
    }
    throw error;
  }
}
