declare const brand: unique symbol

/**
 * A value of type `T` that only its named constructor can make. Branding keeps grams out of
 * paise and wall time out of monotonic time at compile time; at run time it is the bare value.
 */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name }
