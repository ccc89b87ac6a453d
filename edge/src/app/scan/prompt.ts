import type { PromptFacts } from '../../domain/check-in/scan-facts.ts'
import { vehicleClasses } from '@baari/shared/units/names'
import { z } from 'zod'

const promptShape = z.object({
  text: z.string().max(200),
  required: z.boolean().default(true),
  at: z.enum(['check-in', 'fill']).default('check-in'),
  classes: z.array(z.enum(vehicleClasses)).nullable().default(null),
  answered: z.boolean().default(false),
})

/**
 * A booking's prompt: a plain question, required at check-in from every class, or a JSON object
 * that says more. JSON that does not parse is asked as it stands: a question too much is harmless.
 */
export function promptOf(text: string | null): PromptFacts | null {
  if (text === null || text.trim() === '') return null
  return (text.startsWith('{') ? jsonPrompt(text) : undefined) ?? plain(text)
}

function plain(text: string): PromptFacts {
  return { text, required: true, at: 'check-in', classes: null, answered: false }
}

function jsonPrompt(text: string): PromptFacts | undefined {
  try {
    return promptShape.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
