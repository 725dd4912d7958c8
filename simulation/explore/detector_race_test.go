//go:build race

package explore

// RaceDetector tells whether the race detector watches.
const RaceDetector = true
