export const edgeProgram: {
  /** From the root of the clone. */
  readonly file: string
  readonly nodeArguments: readonly string[]
  readonly env: Readonly<Record<string, string>>
}
