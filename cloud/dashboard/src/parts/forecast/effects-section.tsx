import type { ModelCard } from '@baari/shared/contracts/http/forecast-api'
import { effectsPicture } from '@baari/shared/domain/forecast/pictures/effects-picture'
import type { JSX } from 'react'
import { fill, useWords } from '../../words/language.ts'
import { Drawing } from '../drawing.tsx'
import { featureText } from './forecast-texts.ts'

/** What the model in service makes of its features; of a challenger where none serves. */
export function EffectsSection({ models }: { readonly models: readonly ModelCard[] }): JSX.Element {
  const words = useWords()
  const card = models.find(({ state }) => state === 'in_service') ?? models[0]
  return (
    <section className="card" aria-label={words.forecast.effects}>
      <h2>{words.forecast.effects}</h2>
      {card === undefined || card.effects.length === 0 ? (
        <p className="soft">{words.forecast.noEffects}</p>
      ) : (
        <>
          <p className="soft">{fill(words.forecast.effectsNote, { version: card.version })}</p>
          <Drawing
            picture={effectsPicture(card.effects, (name) => featureText(words, name))}
            label={words.forecast.effects}
          />
        </>
      )}
    </section>
  )
}
