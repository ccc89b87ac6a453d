/** One part of the node and whether it does its work now. */
export type PartHealth = {
  readonly part: string
  readonly ok: boolean
  /** One sentence for the technician. */
  readonly detail: string
}

/** Asked by `/readyz`; answers within a second and never throws. */
export type Readiness = () => Promise<readonly PartHealth[]>
