/** Where the libraries lie that go under a process for a test, from the root of the clone. */
export const powerCutLibrary: string
export const clockStepLibrary: string

/** Builds the station node as it runs at a station, when its sources are newer. */
export function buildEdge(): Promise<void>
