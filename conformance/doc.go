// Package conformance has no code, only tests: they hold the engine against all recordings of the real client, those of
// package captures.
//
//   - Stories: each recorded scenario as a text that a person can read, told of the recording and of our replay alike.
//   - What verify rests on: deleting recorded outputs changes no decision, and altering any compared record is noticed.
//   - Quirks: switched off alone, each makes a recording fail; and each difference between corrected and sdk-9.2.4, in any
//     recording, is the doing of one quirk. The tables under testdata say which; -rewrite makes them anew. With -captures
//     the differences are looked for in the recordings of another folder.
//   - Determinism: a recording that is replayed twice, beside other cells, or cut at every entry and restored from a
//     snapshot gives the same journal, byte for byte; an altered journal is caught at the altered entry.
package conformance
