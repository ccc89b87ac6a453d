export type Page =
  | { readonly kind: 'home' }
  | { readonly kind: 'book'; readonly station: number }
  | { readonly kind: 'ticket'; readonly id: string }

/** The page follows the address, so that the phone's back key does what people expect. */
export function pageOfHash(hash: string): Page {
  const [name, argument] = hash.replace(/^#\/?/, '').split('/')
  if (name === 'book' && argument !== undefined && /^\d+$/.test(argument))
    return { kind: 'book', station: Number(argument) }
  if (name === 'ticket' && argument !== undefined) return { kind: 'ticket', id: argument }
  return { kind: 'home' }
}

export function hashOf(page: Page): string {
  if (page.kind === 'book') return `#/book/${page.station}`
  if (page.kind === 'ticket') return `#/ticket/${page.id}`
  return '#/'
}
