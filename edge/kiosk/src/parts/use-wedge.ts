import { useEffect, useRef } from 'react'
import { endRun, takeKey, type WedgeRun, type WedgeScan } from './wedge-guard.ts'

/** Silence that ends a scan without Enter. */
const silenceMs = 50

type Field = { readonly element: HTMLInputElement; readonly value: string }

/** Catches what a keyboard-wedge scanner types anywhere on the screen, and leaves people's typing. */
export function useWedge(onScan: (scan: WedgeScan) => void): void {
  // The latest callback, so that a render takes no key out of a running scan.
  const deliver = useRef(onScan)
  useEffect(() => {
    deliver.current = onScan
  }, [onScan])

  useEffect(() => {
    let run: WedgeRun | null = null
    let field: Field | null = null
    let timer: number | undefined

    function end(): boolean {
      window.clearTimeout(timer)
      const scan = endRun(run)
      run = null
      if (scan === null) return false
      if (field !== null) putBack(field)
      deliver.current(scan)
      return true
    }
    function heard(event: KeyboardEvent): void {
      if (event.key === 'Enter') {
        if (end()) event.preventDefault()
        return
      }
      if (event.key.length !== 1 || event.ctrlKey || event.metaKey) return
      const taken = takeKey(run, event.key, event.timeStamp)
      if (taken.run.text.length === 1) field = focusedField()
      run = taken.run
      if (taken.captured) event.preventDefault()
      window.clearTimeout(timer)
      timer = window.setTimeout(end, silenceMs)
    }
    window.addEventListener('keydown', heard, true)
    return () => {
      window.clearTimeout(timer)
      window.removeEventListener('keydown', heard, true)
    }
  }, [])
}

function focusedField(): Field | null {
  const element = document.activeElement
  return element instanceof HTMLInputElement ? { element, value: element.value } : null
}

/** Takes the first letters of the scan, which came before it was known as one, out of the field. */
function putBack({ element, value }: Field): void {
  // React watches its own setter; the browser's is told of by an event.
  const setter = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set
  setter?.call(element, value)
  element.dispatchEvent(new Event('input', { bubbles: true }))
}
