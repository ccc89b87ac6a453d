import { useEffect, useState, useSyncExternalStore } from 'react'
import type { LiveState, LiveStore } from '../api/live-store.ts'

export function useLive(store: LiveStore): LiveState {
  return useSyncExternalStore(
    (call) => store.subscribe(call),
    () => store.get(),
  )
}

/** Station time, moved on by the screen between views; ticks once a second. */
export function useStationNow(live: LiveState): number {
  const [local, setLocal] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setLocal(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  if (live.view === null || live.heardAtMs === null) return local
  return live.view.atMs + Math.max(0, local - live.heardAtMs)
}
