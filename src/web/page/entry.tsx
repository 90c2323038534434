import { useEffect, useState } from "preact/hooks";
import { textOf } from "./api.ts";
import { App } from "./app.tsx";
import { isLoggedIn, login, loginByAddress } from "./session.ts";

type Phase = { readonly kind: "waiting" | "in" | "out"; readonly problem?: string };

/** The page: of the fabric for those who have the token, and a form for it. */
export function Entry() {
  const [phase, setPhase] = useState<Phase>({ kind: "waiting" });
  const check = async () => {
    try {
      setPhase({ kind: (await isLoggedIn()) ? "in" : "out" });
    } catch (error) {
      setPhase({ kind: "out", problem: textOf(error) });
    }
  };
  useEffect(() => {
    const start = async () => {
      await loginByAddress().catch(() => {});
      await check();
    };
    void start();
    // The same page may get an address with another token.
    const again = () => void start();
    addEventListener("hashchange", again);
    return () => removeEventListener("hashchange", again);
  }, []);
  switch (phase.kind) {
    case "waiting":
      return <p class="waiting">Connecting…</p>;
    case "in":
      return <App onRefused={() => void check()} />;
    case "out":
      return <Login problem={phase.problem} onDone={() => setPhase({ kind: "in" })} />;
  }
}

function Login({ problem, onDone }: { readonly problem: string | undefined; readonly onDone: () => void }) {
  const [failure, setFailure] = useState(problem);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const token = new FormData(event.currentTarget as HTMLFormElement).get("token");
    try {
      await login(String(token).trim());
      onDone();
    } catch (error) {
      setFailure(textOf(error));
    }
  };
  return (
    <main class="login">
      <h1>ikvswitch</h1>
      <p>
        Open the whole address that <code>ikvswitch web</code> has printed, or enter its token here.
      </p>
      <form onSubmit={(event) => void submit(event)}>
        <label for="token">Token</label>
        <input id="token" name="token" type="password" autocomplete="current-password" required />
        <button type="submit" class="primary">
          Open
        </button>
        {failure !== undefined && (
          <p class="failure" role="alert">
            {failure}
          </p>
        )}
      </form>
    </main>
  );
}
