import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import { en, type Words } from './en.ts'
import { hi } from './hi.ts'

export type Language = 'en' | 'hi'

export const wordsOf: { readonly [L in Language]: Words } = { en, hi }

const key = 'baari.language'

/** The language chosen before, otherwise the phone's, otherwise English. */
export function firstLanguage(): Language {
  const chosen = localStorage.getItem(key)
  if (chosen === 'en' || chosen === 'hi') return chosen
  return navigator.language.startsWith('hi') ? 'hi' : 'en'
}

export function rememberLanguage(language: Language): void {
  localStorage.setItem(key, language)
}

export const LanguageContext = createContext<Language>('en')

export function useWords(): Words {
  return wordsOf[useContext(LanguageContext)]
}

/** Puts facts into a sentence: `{time}` becomes the given time. */
export function fill(text: string, facts: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (hole, name: string) => String(facts[name] ?? hole))
}

/** The sentence of a problem code, or the general one. */
export function problemText(words: Words, code: string): string {
  const known: Readonly<Record<string, string>> = words.problem
  return known[code] ?? words.problem.failed
}

/** Noto Sans for the script in use, after the first paint; the system font stands until then. */
export async function loadFont(language: Language): Promise<void> {
  if (language === 'hi') await import('@fontsource/noto-sans-devanagari/devanagari-400.css')
  else await import('@fontsource/noto-sans/latin-400.css')
}
