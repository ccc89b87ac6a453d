import './driver.css'
import { render } from 'preact'
import { App } from './app.tsx'

const root = document.getElementById('root')
if (root) {
  root.textContent = ''
  render(<App />, root)
}

// After the first paint: the page works without it, and then works without the network.
if ('serviceWorker' in navigator && import.meta.env.PROD) {
  window.addEventListener('load', () => void navigator.serviceWorker.register('/sw.js'))
}
