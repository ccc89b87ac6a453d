import { createContext, useContext } from 'react'
import { en, type Words } from './en.ts'
import { hi } from './hi.ts'

export type Language = 'en' | 'hi'

const wordsOf: { readonly [L in Language]: Words } = { en, hi }
const key = 'baari.language'

export function firstLanguage(): Language {
  return localStorage.getItem(key) === 'hi' ? 'hi' : 'en'
}

export function rememberLanguage(language: Language): void {
  localStorage.setItem(key, language)
  document.documentElement.lang = language
}

export const LanguageContext = createContext<Language>('en')

export function useWords(): Words {
  return wordsOf[useContext(LanguageContext)]
}

/** Puts facts into a sentence: `{time}` becomes the given time. */
export function fill(text: string, facts: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (hole, name: string) => String(facts[name] ?? hole))
}

/** What a conflict's code means; a newer cloud's code has the general sentence. */
export function codeText(words: Words, code: string): string {
  const known: Readonly<Record<string, string>> = words.code
  return known[code] ?? words.code.other
}

/** The sentence of a problem code, or the general one. */
export function problemText(words: Words, code: string): string {
  const known: Readonly<Record<string, string>> = words.problem
  return known[code] ?? words.problem.failed
}
