import type { ScanView } from '@baari/shared/contracts/live/station-view'

type Note = {
  readonly hz: number
  readonly startS: number
  readonly lengthS: number
  readonly wave: OscillatorType
}

/**
 * Three signals distinct in rhythm as well as in pitch (screens.md section 1): go rises in two
 * quick notes, wait knocks twice on one note, stop is three low buzzes.
 */
const earcons: { readonly [S in ScanView['signal']]: readonly Note[] } = {
  go: [
    { hz: 880, startS: 0, lengthS: 0.12, wave: 'triangle' },
    { hz: 1320, startS: 0.12, lengthS: 0.28, wave: 'triangle' },
  ],
  wait: [
    { hz: 660, startS: 0, lengthS: 0.18, wave: 'sine' },
    { hz: 660, startS: 0.38, lengthS: 0.18, wave: 'sine' },
  ],
  stop: [
    { hz: 196, startS: 0, lengthS: 0.16, wave: 'square' },
    { hz: 196, startS: 0.24, lengthS: 0.16, wave: 'square' },
    { hz: 147, startS: 0.48, lengthS: 0.4, wave: 'square' },
  ],
}

let audio: AudioContext | undefined

/** Browsers unlock sound with the first touch; signing in is that touch. */
export function unlockSound(): void {
  audio ??= new AudioContext()
  if (audio.state === 'suspended') void audio.resume()
}

/** Plays the earcon of a signal; silent when the browser has not been touched yet. */
export function playEarcon(signal: ScanView['signal']): void {
  if (audio === undefined || audio.state !== 'running') return
  for (const note of earcons[signal]) playNote(audio, note)
  if ('vibrate' in navigator) navigator.vibrate(signal === 'go' ? 80 : [120, 80, 120])
}

function playNote(context: AudioContext, note: Note): void {
  const from = context.currentTime + note.startS
  const tone = context.createOscillator()
  const volume = context.createGain()
  tone.type = note.wave
  tone.frequency.value = note.hz
  volume.gain.setValueAtTime(0, from)
  volume.gain.linearRampToValueAtTime(0.9, from + 0.01)
  volume.gain.setValueAtTime(0.9, from + note.lengthS - 0.03)
  volume.gain.linearRampToValueAtTime(0, from + note.lengthS)
  tone.connect(volume).connect(context.destination)
  tone.start(from)
  tone.stop(from + note.lengthS)
}
