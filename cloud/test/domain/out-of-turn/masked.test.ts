import { describe, expect, it } from 'vitest'
import { initialsOf, maskedNote, maskedPlate } from '../../../src/domain/out-of-turn/masked.ts'

describe('what is told of people', () => {
  it('a plate and a phone in a note keep no number that leads to somebody', () => {
    expect(maskedNote('driver of GJ01AB1234, phone 98250 12345, 2 children')).toBe(
      'driver of GJ01AB••••, phone ••••• •••••, 2 children',
    )
  })

  it('a name becomes initials in any script', () => {
    expect(initialsOf('Asha  Patel')).toBe('A. P.')
    expect(initialsOf('सुनीता यादव')).toBe('स. य.')
    expect(initialsOf('')).toBe('')
  })

  it('a plate is its last four, and none where none was typed', () => {
    expect(maskedPlate('7788')).toBe('•••• 7788')
    expect(maskedPlate(null)).toBeNull()
  })
})
