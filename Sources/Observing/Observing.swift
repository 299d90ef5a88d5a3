// Observing
