import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import { en } from './en.ts'
import { hi } from './hi.ts'

export type Language = 'en' | 'hi'

const key = 'baari.language'

function stored(): Language {
  return localStorage.getItem(key) === 'hi' ? 'hi' : 'en'
}

/** Loads both languages at once: the kiosk changes language without the network. */
export async function startWords(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: stored(),
    fallbackLng: 'en',
    resources: { en: { translation: en }, hi: { translation: hi } },
    interpolation: { escapeValue: false },
  })
  document.documentElement.lang = stored()
}

export function language(): Language {
  return i18next.language === 'hi' ? 'hi' : 'en'
}

export async function changeLanguage(next: Language): Promise<void> {
  localStorage.setItem(key, next)
  document.documentElement.lang = next
  await i18next.changeLanguage(next)
}
