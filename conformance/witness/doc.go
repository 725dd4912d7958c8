// Package witness has the real SDK bear witness: its tests open the phone page of the simulated platform in a headless
// Chromium, make calls with real audio, and hold what the page recorded against the cells of this repository, which must
// decide the same.
//
// They need a Chromium and the SDK, which is not part of this repository, and are therefore behind the build tag witness:
//
//	npm ci --prefix conformance/witness --ignore-scripts
//	go test -tags witness ./conformance/witness
//
// CHROMIUM names the browser if it is not called chromium; SDK the bundle if it is another than npm's; SCENARIOS the scenarios
// to play, as a pattern of their paths; KEEP a folder for pictures of the pages, and for the recordings of tests that fail.
package witness
