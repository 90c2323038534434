import { settleAll } from "./settle-all.ts";

/**
 * Processes all items, a limited number at a time, started in their order. After the first failure no other item is
 * started; the failure is reported once those already started have ended. Results are in the order of the items.
 */
export async function mapAtOnce<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const waiting = [...items.entries()];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, item] = next;
      try {
        results[index] = await work(item);
      } catch (error) {
        waiting.length = 0;
        throw error;
      }
    }
  };
  await settleAll(Array.from({ length: atOnce }, worker));
  return results;
}
