import type { TabProps } from "./props.ts";
import { SIGNS, timeWord } from "./words.ts";

/** What has happened since the server began to watch, the newest first. */
export function EventsTab({ plan, state, actions }: TabProps) {
  const events = [...state.events].reverse();
  return (
    <>
      {state.notes.length > 0 && (
        <ul class="notes">
          {state.notes.map((note) => (
            <li key={note} class="doubtful">
              <span aria-hidden="true">{SIGNS.doubtful}</span> {note}
            </li>
          ))}
        </ul>
      )}
      {events.length === 0 && <p class="muted">Nothing has happened since this page was opened.</p>}
      <div role="log" aria-label="Events">
        <ol class="events">
          {events.map(({ id, at, tone, subject, text }) => (
            <li key={id}>
              <time dateTime={at} class="numbers muted">
                {timeWord(at)}
              </time>
              <span class={tone} aria-hidden="true">
                {SIGNS[tone]}
              </span>
              {subject === null ? (
                <span>{text}</span>
              ) : (
                <button
                  type="button"
                  class="link-button"
                  onClick={() =>
                    actions.select(
                      plan.nodes.has(subject)
                        ? { kind: "node", name: subject }
                        : { kind: "link", bridge: subject },
                    )
                  }
                >
                  {text}
                </button>
              )}
            </li>
          ))}
        </ol>
      </div>
    </>
  );
}
