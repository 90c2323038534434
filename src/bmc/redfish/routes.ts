import type { JsonObject } from "../../untrusted-json.ts";
import type { Controlled, MachineFacts, MediaControl } from "../model/control.ts";
import { withPatience } from "../model/patience.ts";
import type { Gate } from "./access/gate.ts";
import { IDLE_SECONDS } from "./access/sessions.ts";
import { bootChange, changeBoot } from "./machine/boot.ts";
import { changeMedia, insertRequest, mediaChange } from "./machine/media.ts";
import { makeReset, resetRequest } from "./machine/reset.ts";
import { type Answer, NO_CONTENT, nonEmpty, refusal } from "./protocol/answer.ts";
import { message } from "./protocol/messages.ts";
import { accountResources } from "./resources/accounts.ts";
import { chassisResource } from "./resources/chassis.ts";
import { collection } from "./resources/collection.ts";
import { cdResource, managerResource } from "./resources/manager.ts";
import { METADATA, METADATA_URI, ODATA, ODATA_URI } from "./resources/metadata.ts";
import { serviceRoot, VERSIONS } from "./resources/service-root.ts";
import { sessionService } from "./resources/session.ts";
import { nicResource, systemResource } from "./resources/system.ts";
import { CHASSIS, MANAGERS, ROOT, SESSION_SERVICE, SYSTEMS, type Uris, urisOf } from "./resources/uris.ts";

import type { Route } from "./route.ts";
import { sessionRoute, sessionRoutes } from "./session-routes.ts";

/** Clients wait a few seconds for an answer. */
const PATIENCE_MS = 2_000;

/** Finds the route of a path without a slash at its end. */
export type Routes = (path: string) => Route | undefined;

/** What a service is for: a machine, and the user who may control it. */
export interface Subject {
  readonly facts: MachineFacts;
  readonly user: string;
}

/** @param ended aborted when the service ends. */
export function makeRoutes(
  { facts, user }: Subject,
  control: Controlled,
  gate: Gate,
  ended: AbortSignal,
): Routes {
  const uris = urisOf(facts);
  const hasCd = control.media !== null;
  const tree: readonly (readonly [string, Route])[] = [
    ["/redfish", forEverybody(VERSIONS)],
    [ROOT, forEverybody(serviceRoot(facts))],
    [ODATA_URI, forEverybody(ODATA)],
    [METADATA_URI, forEverybody(METADATA)],
    [SESSION_SERVICE, unchanging(sessionService(IDLE_SECONDS))],
    ...sessionRoutes(gate),
    ...accountResources(user).map(([uri, content]) => [uri, unchanging(content)] as const),
    [SYSTEMS, unchanging(collection("ComputerSystem", SYSTEMS, "Systems", [uris.system]))],
    [uris.system, systemRoute(uris, facts, control)],
    [uris.reset, resetRoute(facts, control, ended)],
    [uris.nics, unchanging(nicCollection(uris, facts))],
    ...facts.nics.map((nic) => [uris.nic(nic.name), unchanging(nicResource(uris, nic))] as const),
    [CHASSIS, unchanging(collection("Chassis", CHASSIS, "Chassis", [uris.chassis]))],
    [uris.chassis, { get: async () => chassisResource(uris, facts, await control.power()) }],
    [MANAGERS, unchanging(collection("Manager", MANAGERS, "Managers", [uris.manager]))],
    [uris.manager, unchanging(managerResource(uris, facts, hasCd))],
    ...(control.media === null ? [] : mediaRoutes(uris, control.media)),
  ];
  const routes = new Map(tree.map(([uri, route]) => [uri.replace(/\/$/, ""), route]));
  return (path) => routes.get(path) ?? sessionRoute(gate.sessions, path);
}

function forEverybody(content: JsonObject | string): Route {
  return { open: ["GET", "HEAD"], get: async () => content };
}

function unchanging(content: JsonObject): Route {
  return { get: async () => content };
}

function nicCollection(uris: Uris, { nics }: Pick<MachineFacts, "nics">): JsonObject {
  const members = nics.map(({ name }) => uris.nic(name));
  return collection("EthernetInterface", uris.nics, "Network interfaces", members);
}

function systemRoute(uris: Uris, facts: MachineFacts, control: Controlled): Route {
  const { boot } = control;
  const hasCd = control.media !== null;
  const get = async () => {
    const [power, override, firmware] = await Promise.all([
      control.power(),
      boot?.override(),
      boot?.firmware(),
    ]);
    const state = override === undefined || firmware === undefined ? null : { override, firmware };
    return systemResource(uris, facts, { power, boot: state, hasCd });
  };
  if (boot === null) {
    return { get };
  }
  return {
    get,
    patch: async (body, system) => {
      const change = bootChange(body, system, await boot.override());
      if (change.problems.length === 0) {
        await withPatience(changeBoot(boot, change), PATIENCE_MS);
      }
      return change;
    },
  };
}

function resetRoute(facts: MachineFacts, control: Controlled, ended: AbortSignal): Route {
  const reset = makeReset(control, facts, ended);
  return {
    post: async (body) => {
      const request = resetRequest(body);
      if ("problem" in request) {
        return refusal(400, [request.problem]);
      }
      const problem = await withPatience(reset(request.type), PATIENCE_MS);
      return problem === undefined ? NO_CONTENT : refusal(409, [problem]);
    },
  };
}

function mediaRoutes(uris: Uris, media: MediaControl): readonly (readonly [string, Route])[] {
  return [
    [uris.media, unchanging(collection("VirtualMedia", uris.media, "Virtual media", [uris.cd]))],
    [
      uris.cd,
      {
        get: async () => cdResource(uris, await media.inserted()),
        patch: async (body, cd) => {
          const change = mediaChange(body, cd);
          if (change.problems.length === 0) {
            await withPatience(changeMedia(media, change), PATIENCE_MS);
          }
          return change;
        },
      },
    ],
    [
      uris.insert,
      {
        post: async (body) => {
          const change = insertRequest(body);
          const problems = nonEmpty(change.problems);
          if (problems !== undefined) {
            return refusal(400, problems);
          }
          await withPatience(changeMedia(media, change), PATIENCE_MS);
          return NO_CONTENT;
        },
      },
    ],
    [uris.eject, { post: (body) => eject(media, body) }],
  ];
}

async function eject(media: MediaControl, body: JsonObject): Promise<Answer> {
  const [parameter] = Object.keys(body);
  if (parameter !== undefined) {
    return refusal(400, [message("ActionParameterUnknown", ["VirtualMedia.EjectMedia", parameter])]);
  }
  await withPatience(media.eject(), PATIENCE_MS);
  return NO_CONTENT;
}
