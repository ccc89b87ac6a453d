import type { Instant } from '@baari/shared/units/time'
import type { ExchangeNo } from '../../ports/cloud-line.ts'
import type { KeeperDeps } from './session-keeper.ts'

export type Recovery =
  | { readonly kind: 'recovered' }
  | { readonly kind: 'fork' }
  | { readonly kind: 'no'; readonly no: ExchangeNo }

export type RecoverDeps = KeeperDeps & {
  readonly signal: AbortSignal
  /** Station time, by which the ops to send are stamped. */
  readonly now: () => Instant
}
