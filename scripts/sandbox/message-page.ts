import type { SandboxMessage } from './message-store.ts'

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')

const clock = new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Kolkata', timeStyle: 'medium' })

/** What the phones of this world have received, newest first, for a person to read. */
export function phonesPage(messages: readonly SandboxMessage[]): string {
  const rows = messages.map(
    ({ to, body, atMs, status }) =>
      `<li><p>${escaped(body)}</p><small>${clock.format(atMs)} · ${escaped(to)} · ${status}</small></li>`,
  )
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="3">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Messages sent</title>
<style>
  body { font: 16px/1.4 system-ui, sans-serif; max-width: 34rem; margin: 1rem auto; padding: 0 1rem;
    background: #f3f5f4; color: #14211b }
  ul { list-style: none; padding: 0 } li { background: #fff; border-radius: 12px; margin: .6rem 0;
    padding: .7rem 1rem; box-shadow: 0 1px 2px #0002 } p { margin: 0 0 .3rem } small { color: #52605a }
</style>
<h1>Messages sent</h1><p>Sandbox: no phone received any of these.</p>
<ul>${rows.join('') || '<li><p>None yet.</p></li>'}</ul></html>`
}
