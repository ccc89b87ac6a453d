import type { Translate } from '../i18n/translate.ts'

/** What stopped the station, in words. */
export function tripText(cause: string | null, t: Translate): string {
  return t(`trip.cause.${cause ?? 'unknown'}`, { defaultValue: t('trip.cause.unknown') })
}
