/** One reason why the file is refused, with the place a person can go to. */
export type StationFileProblem = { readonly path: string; readonly reason: string }

export function problem(path: string, reason: string): StationFileProblem {
  return { path, reason }
}
