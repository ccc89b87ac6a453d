/** Where the libraries lie that go under a process for a test, from the root of the clone. */
export const powerCutLibrary: string
export const clockStepLibrary: string
