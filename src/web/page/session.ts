import { ApiError, send } from "./api.ts";

/** Exchanges the token in the page's address, if it has one, for a cookie; it then is no longer in the address. */
export async function loginByAddress(): Promise<void> {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (token !== null) {
    history.replaceState(null, "", location.pathname);
    await login(token);
  }
}

/** @throws ApiError if the token is wrong. */
export async function login(token: string): Promise<void> {
  await send("POST", "/session", { token });
}

/** Reports whether this browser has a cookie that the server accepts. */
export async function isLoggedIn(): Promise<boolean> {
  try {
    await send("GET", "/openapi.json");
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) {
      return false;
    }
    throw error;
  }
}
