import '@fontsource/noto-sans/latin-400.css'
import '@fontsource/noto-sans/latin-700.css'
import '@fontsource/noto-sans-devanagari/devanagari-400.css'
import '@fontsource/noto-sans-devanagari/devanagari-700.css'
import '@fontsource/noto-sans-gujarati/gujarati-400.css'
import '@fontsource/noto-sans-gujarati/gujarati-700.css'
import '@fontsource/noto-sans-tamil/tamil-400.css'
import '@fontsource/noto-sans-tamil/tamil-700.css'
import '../parts/driver-screen.css'
import './board.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { present } from '@baari/shared/faults/assert'
import { PublicBoardScreen } from './public-board.tsx'
import { boardLanguages } from './words.ts'

createRoot(present(document.getElementById('root'), 'root element')).render(
  <StrictMode>
    <PublicBoardScreen languages={boardLanguages(location.search)} />
  </StrictMode>,
)
