import { z } from 'zod'

/** RFC 9457 problem document with our stable code. `facts` are what the code's text names. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string().optional(),
  facts: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  alternatives: z.array(z.object({ startMs: z.int() })).optional(),
})

export type Problem = z.infer<typeof problem>
