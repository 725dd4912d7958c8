//go:build !race

package conformance

// raceDetector tells whether the race detector watches.
const raceDetector = false
