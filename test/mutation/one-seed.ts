import fc from 'fast-check'

/** Every mutant meets the same examples, and a failure is not made smaller: that it fails is all that counts. */
fc.configureGlobal({ seed: 20_251_125, endOnFailure: true })
