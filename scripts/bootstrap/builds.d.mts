/** Where the power-cut library lies once it is built, from the root of the clone. */
export const powerCutLibrary: string
