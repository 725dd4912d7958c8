//go:build !race

package explore_test

// raceDetector tells whether the race detector watches.
const raceDetector = false
