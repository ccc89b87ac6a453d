import type { SceneContext } from '../scene.ts'

/** Something a picture shows that no screen may have. */
export type Finding = { readonly picture: string; readonly problem: string }

/** @throws Error when there is a finding; each is said on a line of its own before */
export function refuseFindings(context: SceneContext, findings: readonly Finding[]): void {
  for (const { picture, problem } of findings) context.note(`${picture}: ${problem}`)
  if (findings.length > 0) throw new Error(`${findings.length} findings in the pictures`)
}
