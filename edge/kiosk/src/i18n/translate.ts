import type { TFunction } from 'i18next'

/** The translate function as components hand it to plain functions. */
export type Translate = TFunction<'translation', undefined>
