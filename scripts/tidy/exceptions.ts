/** A finding that is right to stay, with the reason. One that no longer applies is a finding. */
export type Exception = { readonly rule: string; readonly file: string; readonly reason: string }

export const exceptions: readonly Exception[] = []
