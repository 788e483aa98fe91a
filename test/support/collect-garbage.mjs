/** Loaded into a child before its program (`node --expose-gc --import`): collects all garbage at SIGUSR2. */
process.on('SIGUSR2', () => globalThis.gc())
