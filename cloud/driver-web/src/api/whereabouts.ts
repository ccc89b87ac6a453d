import { cellOf, place } from '@baari/shared/units/place'

const consentKey = 'baari.near'
/** A fix from a mast is enough for a field of a kilometre; past this the page goes on without. */
const waitMs = 10_000
const goodForMs = 120_000

export function mayUsePlace(): boolean {
  return localStorage.getItem(consentKey) === 'yes'
}

export function rememberConsent(given: boolean): void {
  if (given) localStorage.setItem(consentKey, 'yes')
  else localStorage.removeItem(consentKey)
}

/** The field of about a kilometre the phone is in, never more; undefined where it does not tell. */
export function whereabouts(): Promise<string | undefined> {
  if (!('geolocation' in navigator)) return Promise.resolve(undefined)
  return new Promise((resolve) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords: { latitude, longitude } }) =>
        resolve(cellOf(place(Math.round(latitude * 1e6), Math.round(longitude * 1e6)))),
      () => resolve(undefined),
      { enableHighAccuracy: false, timeout: waitMs, maximumAge: goodForMs },
    )
  })
}
