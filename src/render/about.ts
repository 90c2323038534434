import type { Node } from "../fabric/types.ts";
import type { TemplateName } from "./templates.ts";

/** Lines for the top of a rendered file: its source and the place to change it. */
export function about(node: Node, template: TemplateName): readonly string[] {
  return [
    `Made by ikvswitch for ${node.name} from templates/${template}; what is changed here is gone at the next start.`,
    `To change it for good, edit a copy of the template at /etc/ikvswitch/templates/${template}.`,
  ];
}
