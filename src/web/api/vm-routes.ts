import { changeVmPower, VM_POWER_ACTIONS } from "../../lab/vm-power.ts";
import { productFolders } from "../../system/product-path.ts";
import { vmNamed } from "../service/find.ts";
import { type Route, route } from "./route.ts";
import { POWER_ANSWER } from "./schemas.ts";

/** Routes of VMs in the racks. */
export const vmRoutes: readonly Route[] = [
  route({
    method: "POST",
    path: "/vms/{vm}/power",
    summary: "Start, stop, restart or reset a VM",
    command: "vm",
    fields: {
      action: {
        type: "string",
        enum: VM_POWER_ACTIONS,
        required: true,
        description: "As the command of that name, without options",
      },
    },
    answer: POWER_ANSWER,
    run: async ({ services, parameters, body: { action } }) => {
      const { lab } = await services.lab();
      const { work, onWarning } = services;
      const outcomes = await work
        .during((progress) => {
          const request = { product: productFolders(), progress, onWarning, overcommit: false, force: false };
          return lab.locked(`vm ${action}`, async () =>
            changeVmPower(lab, [await vmNamed(lab, parameters.vm)], action, request),
          );
        })
        .finally(() => services.watcher.hurry());
      return { kind: "json", body: { outcome: Object.values(outcomes)[0] } };
    },
  }),
];
