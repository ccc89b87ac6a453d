import { useEffect, useState } from 'react'
import type { BoardLanguage } from './words.ts'

/** Long enough to read every sentence of the board twice. */
const languageMs = 12_000

/** Which of several languages has its turn; the document is said to be in it. */
export function useTurn(languages: readonly BoardLanguage[]): BoardLanguage {
  const [turn, setTurn] = useState(0)
  useEffect(() => {
    if (languages.length < 2) return undefined
    const timer = setInterval(() => setTurn((known) => known + 1), languageMs)
    return () => clearInterval(timer)
  }, [languages])
  const language = languages[turn % languages.length] ?? 'en'
  useEffect(() => {
    document.documentElement.lang = language
  }, [language])
  return language
}
