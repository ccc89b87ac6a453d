import { manualClock } from '@baari/shared/testing/manual-clock'
import { millis } from '@baari/shared/units/time'
import { expect, it } from 'vitest'
import { forecourtOf } from '../../../src/app/desk/forecourt-of.ts'
import { position } from '../../support/station-world.ts'

it('facts are read anew after a change was told, and every 10 ms without one', () => {
  const clock = manualClock()
  let state: 'free' | 'fault' | 'closed' = 'free'
  const offline = { facts: () => [position(1, { state })] }
  const { forecourt, changed } = forecourtOf({ controllers: new Map(), offline, clock })
  const seen = () => forecourt.facts().map((facts) => facts.state)
  expect(seen()).toEqual(['free'])
  state = 'fault'
  expect(seen()).toEqual(['free'])
  changed()
  expect(seen()).toEqual(['fault'])
  state = 'closed'
  clock.advance(millis(10))
  expect(seen()).toEqual(['closed'])
})
