/** What a person reads about a code: the attendant's or driver's sentence, and the technician's. */
export type CodeText = { readonly operator: string; readonly technician: string }
