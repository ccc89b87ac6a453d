import '@fontsource/noto-sans/latin-400.css'
import '@fontsource/noto-sans/latin-700.css'
import '@fontsource/noto-sans-devanagari/devanagari-400.css'
import '@fontsource/noto-sans-devanagari/devanagari-700.css'
import './kiosk.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { present } from '@baari/shared/faults/assert'
import { App } from './app.tsx'
import { startWords } from './i18n/words.ts'

await startWords()
createRoot(present(document.getElementById('root'), 'root element')).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
