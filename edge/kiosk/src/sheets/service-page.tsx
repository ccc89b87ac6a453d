import type { ServiceView } from '@baari/shared/contracts/http/service-view'
import { useEffect, useState, type JSX, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { nodeClient } from '../api/node-client.ts'
import { ProblemLine, Sheet } from '../parts/sheet.tsx'
import { clockText } from '../parts/texts.ts'
import { useAction } from '../parts/use-action.ts'

/** Often enough for a hand at a plug, seldom enough for the node. */
const askEveryMs = 2_000

/** What a technician looks at first: open faults, values, devices, lines with their counters. */
export function ServicePage({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const { t } = useTranslation()
  const [view, setView] = useState<ServiceView | null>(null)
  const action = useAction()
  useEffect(() => {
    const ask = (): void => action.run(nodeClient.service, setView)
    ask()
    const beat = setInterval(ask, askEveryMs)
    return () => clearInterval(beat)
    // Asked over and over while the page is open; `action` is made anew with every answer.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [])
  return (
    <Sheet title={t('service.title')} onClose={onClose}>
      <ProblemLine problem={action.problem} />
      {view && <ServiceFacts view={view} />}
    </Sheet>
  )
}

function ServiceFacts({ view }: { readonly view: ServiceView }): JSX.Element {
  const { t } = useTranslation()
  const { faults, readings, devices, lines } = view
  return (
    <div className="service">
      <Part title={t('service.faults')}>
        {faults.length === 0 && <p>{t('service.noFaults')}</p>}
        {faults.map((fault) => (
          <FaultRow key={`${fault.subject} ${fault.code}`} fault={fault} />
        ))}
      </Part>
      <Part title={t('service.readings')}>
        {readings.length === 0 && <p>{t('service.noReadings')}</p>}
        {readings.map((reading) => (
          <ReadingRow key={`${reading.sensor} ${reading.name}`} reading={reading} />
        ))}
      </Part>
      <Part title={t('service.devices')}>
        {devices.map(({ id, kind, state, detail }) => (
          <Row key={id} name={id} stop={state === 'offline'}>
            {t(`service.kind.${kind}`, kind)} · {t(`service.state.${state}`)} · {detail}
          </Row>
        ))}
      </Part>
      <Part title={t('service.lines')}>
        {lines.map(({ id, state, counters }) => (
          <Row key={id} name={id} stop={state !== 'open'}>
            {t(`service.line.${state}`)} · {countersText(counters)}
          </Row>
        ))}
      </Part>
    </div>
  )
}

function Part(props: { readonly title: string; readonly children: ReactNode }): JSX.Element {
  return (
    <section>
      <h3>{props.title}</h3>
      {props.children}
    </section>
  )
}

type RowProps = { readonly name: string; readonly stop: boolean; readonly children: ReactNode }

function Row({ name, stop, children }: RowProps): JSX.Element {
  return (
    <div className={stop ? 'service-row stop' : 'service-row'}>
      <strong>{name}</strong>
      <span className="number">{children}</span>
    </div>
  )
}

function FaultRow({ fault }: { readonly fault: ServiceView['faults'][number] }): JSX.Element {
  const { t } = useTranslation()
  const { subject, code, hint, sinceMs, raised } = fault
  return (
    <Row name={subject} stop>
      {t(`service.fault.${code}`, code)} {t('service.since', { time: clockText(sinceMs), raised })}
      <small>
        {code}: {hint}
      </small>
    </Row>
  )
}

function ReadingRow({
  reading,
}: {
  readonly reading: ServiceView['readings'][number]
}): JSX.Element {
  const { t } = useTranslation()
  const { sensor, name, value, quality, lastGood } = reading
  const usable = value !== null
  return (
    <Row name={sensor} stop={quality === 'bad' || quality === 'stale'}>
      {usable && `${value.toLocaleString('en-IN')} ${name} · `}
      {t(`service.quality.${quality}`)}
      {!usable && lastGood !== null && (
        <small>
          {t('service.lastGood', {
            value: `${lastGood.value.toLocaleString('en-IN')} ${name}`,
            time: clockText(lastGood.atMs),
          })}
        </small>
      )}
    </Row>
  )
}

/** The driver's own names as words, in English like its log; what never happened is left out. */
function countersText(counters: Readonly<Record<string, number>>): string {
  return Object.entries(counters)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${wordsOf(name)} ${count.toLocaleString('en-IN')}`)
    .join(', ')
}

function wordsOf(name: string): string {
  return name.replaceAll(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`)
}
