/** Time, chance and identifiers of a scenario: the same in every run. */
export interface ScenarioServices {
  readonly now: Date;
  random(): number;
  newId(): string;
}

export function scenarioServices(): ScenarioServices {
  let seed = 1;
  let ids = 0;
  return {
    now: new Date('2026-01-01T00:00:00Z'),
    // Park-Miller: enough for RandomNum and repeatable.
    random: () => (seed = (seed * 48271) % 2147483647) / 2147483647,
    newId: () => `00000000-0000-4000-8000-${(++ids).toString(16).padStart(12, '0')}`,
  };
}
