import type { LabState } from "../model/state.ts";
import type { Plan, Selection } from "./plan.ts";

/** What parts of the page can cause. */
export interface Actions {
  readonly select: (selection: Selection) => void;
  readonly open: (terminal: Omit<OpenTerminal, "id">) => void;
  /** Does it, and shows a failure. */
  readonly run: (what: string, work: () => Promise<unknown>) => void;
  /** What is being done. */
  readonly busy: ReadonlySet<string>;
}

/** What parts of the picture, and details, are drawn from. */
export interface PictureProps {
  readonly plan: Plan;
  readonly state: LabState;
  readonly selection: Selection;
  readonly actions: Actions;
}

/** What tables are made from. */
export interface TabProps {
  readonly plan: Plan;
  readonly state: LabState;
  readonly actions: Actions;
}

export type TerminalKind = "vtysh" | "shell" | "ssh" | "console" | "vnc";

export interface OpenTerminal {
  readonly id: number;
  /** What it is of: a switch, or a VM in a rack. */
  readonly of: "nodes" | "vms";
  readonly name: string;
  readonly kind: TerminalKind;
}
