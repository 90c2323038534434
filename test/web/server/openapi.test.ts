import { describe, expect, it } from "vitest";
import { apiRoutes } from "../../../src/web/api/routes.ts";
import { openApi } from "../../../src/web/server/openapi.ts";
import { socketRoutes } from "../../../src/web/sockets/routes.ts";

const routes = apiRoutes();
const document = JSON.parse(JSON.stringify(openApi(routes, socketRoutes)));

describe("the description of the API", () => {
  it("has every route and every WebSocket", () => {
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods as object).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const served = [
      ...routes.map(({ method, path }) => `${method} ${path}`),
      ...socketRoutes.map(({ path }) => `GET ${path}`),
    ];
    expect(described.sort()).toEqual([...new Set(served)].sort());
  });

  it("refers to schemas that it has, and names the parameters of every path", () => {
    const text = JSON.stringify(document);
    const names = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name = ""]) => name);
    expect(names.filter((name) => !(name in document.components.schemas))).toEqual([]);
    for (const [path, methods] of Object.entries<
      Record<string, { parameters: { name: string; description?: string }[] }>
    >(document.paths)) {
      for (const { parameters } of Object.values(methods)) {
        expect(parameters.map(({ name }) => `{${name}}`)).toEqual(path.match(/\{\w+\}/g) ?? []);
        expect(parameters.every(({ description }) => description !== undefined)).toBe(true);
      }
    }
  });

  it("describes bodies as they are checked", () => {
    const { requestBody } = document.paths["/links/{bridge}/fault"].post;
    expect(requestBody.content["application/json"].schema).toMatchObject({
      required: ["fault"],
      additionalProperties: false,
      properties: { fault: { type: "string", enum: ["down", "blackhole", "impair"] } },
    });
    expect(document.paths["/session"].post.security).toEqual([]);
    expect(document.paths["/session"].delete.security).toBeUndefined();
  });

  it("changes nothing by GET", () => {
    expect(routes.filter(({ method, fields }) => method === "GET" && Object.keys(fields).length > 0)).toEqual(
      [],
    );
  });
});
