import { randomOrders } from './random-order.ts';

export interface InterleaveSettings {
  readonly rounds: number;
  /** Of the order within the rounds. */
  readonly seed: number;
  /** Asked after each round but the last, with the number of rounds done. */
  readonly isEnough?: (rounds: number) => boolean;
}

/**
 * Runs every task once a round, in a new random order each round, one at a time: what drifts on the
 * machine meets all of them alike.
 *
 * @param tasks Told the number of the round, from 0.
 * @returns For each task its results, one a round.
 */
export async function interleave<Result>(
  tasks: readonly ((round: number) => Promise<Result>)[],
  { rounds, seed, isEnough }: InterleaveSettings,
): Promise<Result[][]> {
  const nextOrder = randomOrders(seed);
  const results: Result[][] = tasks.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    if (round > 0 && isEnough?.(round) === true) break;
    for (const index of nextOrder(tasks.length)) {
      const task = tasks[index];
      if (task !== undefined) results[index]?.push(await task(round));
    }
  }
  return results;
}
