import product from "../../../package.json" with { type: "json" };
import type { Field, Fields } from "../api/fields.ts";
import type { AnswerDescription, Route } from "../api/route.ts";
import { SCHEMAS } from "../api/schemas.ts";
import { API_PATH } from "../service/paths.ts";
import type { SocketRoute } from "../sockets/call.ts";

const PARAMETERS: Readonly<Record<string, string>> = {
  node: "Name of a switch: leaf1",
  vm: "Name of a VM in a rack: server1",
  bridge: "Bridge of a link, as `links` lists it: iksb12",
};

/** Returns the OpenAPI document of these routes. */
export function openApi(routes: readonly Route[], sockets: readonly SocketRoute[]): object {
  const paths = [...new Set([...routes, ...sockets].map(({ path }) => path))];
  return {
    openapi: "3.1.0",
    info: {
      title: "ikvswitch",
      version: product.version,
      license: { name: product.license, identifier: product.license },
      description:
        "The HTTP API of `ikvswitch web`. Every request needs the token, as `Authorization: Bearer TOKEN` or as the " +
        "cookie of POST /session; with the cookie, changes also need the header Origin. Nothing is changed by GET.",
    },
    servers: [{ url: API_PATH }],
    security: [{ token: [] }, { cookie: [] }],
    paths: Object.fromEntries(
      paths.map((path) => [
        path,
        Object.fromEntries([
          ...sockets.filter((one) => one.path === path).map((one) => ["get", describeSocket(one)]),
          ...routes
            .filter((one) => one.path === path)
            .map((one) => [one.method.toLowerCase(), describeRoute(one)]),
        ]),
      ]),
    ),
    components: {
      securitySchemes: {
        token: { type: "http", scheme: "bearer" },
        cookie: { type: "apiKey", in: "cookie", name: "ikvswitch-PORT" },
      },
      schemas: SCHEMAS,
    },
  };
}

function describeRoute({ path, summary, command, isOpen, fields, answer }: Route): object {
  return {
    summary,
    ...(command === undefined ? {} : { description: `The same as the command \`ikvswitch ${command}\`.` }),
    ...(isOpen ? { security: [] } : {}),
    parameters: parametersOf(path),
    ...(Object.keys(fields).length === 0
      ? {}
      : { requestBody: { required: true, content: { "application/json": { schema: bodySchema(fields) } } } }),
    responses: { [answer.type === null ? "204" : "200"]: describeAnswer(answer), default: ERROR },
  };
}

function describeSocket({ path, summary, description }: SocketRoute): object {
  return {
    summary,
    description: `${description} A WebSocket: the request must have the header Origin of this server.`,
    parameters: parametersOf(path),
    responses: { "101": { description: "The WebSocket is open" }, default: ERROR },
  };
}

const ERROR = {
  description: "A failure",
  content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
};

function describeAnswer({ type, description, schema }: AnswerDescription): object {
  if (type === null) {
    return { description };
  }
  const found = typeof schema === "string" ? { $ref: `#/components/schemas/${schema}` } : schema;
  return { description, content: { [type]: found === undefined ? {} : { schema: found } } };
}

function parametersOf(path: string): readonly object[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => ({
    ...{ name, in: "path", required: true, description: PARAMETERS[name], schema: { type: "string" } },
  }));
}

function bodySchema(fields: Fields): object {
  return {
    type: "object",
    properties: Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, propertyOf(field)])),
    required: Object.keys(fields).filter((name) => fields[name]?.required === true),
    additionalProperties: false,
  };
}

function propertyOf({ required: _, ...schema }: Field): object {
  return schema;
}
