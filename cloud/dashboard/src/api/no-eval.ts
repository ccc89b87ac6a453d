import { z } from 'zod'

// The page's own policy forbids making code from text, which zod would try as its first schema is
// made: so this stands before every import that makes one.
z.config({ jitless: true })
