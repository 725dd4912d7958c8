// Package publicapi translates between REST requests of the platform's public API and messages (sdk-behaviour 3.6).
//
// Encode writes a request, Decode reads its answer, Parse reads a request back, for logs. Read and EncodeResponse are the other end:
// a platform that takes requests, strictly, and answers them. Paths are below /api/v2. The package keeps no state and decides
// nothing: what to do with a status, and when to ask again, is the charts' business.
//
// Only the fields that the core reads are looked at. Keys are matched as written and must not come twice in one object. What is wrong
// with a body is said in fixed words, never in its own: it may hold personal data, and the words are journaled.
package publicapi
