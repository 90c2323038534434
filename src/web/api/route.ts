import type { Answer } from "../exchange/answer.ts";
import { API_PATH, parametersIn } from "../service/paths.ts";
import type { Services } from "../service/services.ts";
import { type Fields, readFields, type Values } from "./fields.ts";

export interface Call<F extends Fields = Fields> {
  readonly services: Services;
  /** Those in the path, by name. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly body: Values<F>;
  /** Aborted when the client has gone, or the server ends. */
  readonly ended: AbortSignal;
}

/** A route's successful answer, for the description of the API. */
export interface AnswerDescription {
  /** `application/json`; null if there is no body. */
  readonly type: string | null;
  readonly description: string;
  /** Name of one of the schemas, or a schema. */
  readonly schema?: string | object;
}

/** A method of a path. The server, the checks of requests and the description of the API all follow from these. */
export interface Route {
  readonly method: "GET" | "POST" | "DELETE";
  /** Below /api/v1: `/nodes/{node}/power`. */
  readonly path: string;
  readonly summary: string;
  /** The command that does the same. */
  readonly command?: string;
  /** True if it needs no token. */
  readonly isOpen?: true;
  readonly fields: Fields;
  readonly answer: AnswerDescription;
  readonly run: (call: Omit<Call, "body"> & { readonly body: unknown }) => Promise<Answer>;
}

type RouteOf<F extends Fields> = Omit<Route, "fields" | "run"> & {
  readonly fields?: F;
  readonly run: (call: Call<F>) => Promise<Answer>;
};

/** Defines a route, whose body is checked before it is run. */
export function route<const F extends Fields = Record<never, never>>(definition: RouteOf<F>): Route {
  const fields = definition.fields ?? ({} as F);
  return {
    ...definition,
    fields,
    run: async (call) => definition.run({ ...call, body: readFields(fields, call.body) }),
  };
}

/** A route that a request may mean, with the parameters in its path. */
export interface Match {
  readonly route: Route;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Returns the routes of this path, of any method. */
export function matchingRoutes(routes: readonly Route[], path: string): readonly Match[] {
  return routes.flatMap((route) => {
    const parameters = parametersIn(`${API_PATH}${route.path}`, path);
    return parameters === undefined ? [] : [{ route, parameters }];
  });
}
