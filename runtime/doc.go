// Package runtime runs cells: it takes their inputs one at a time, writes each down, lets the actors decide until they are
// at rest, and hands out what is to be done.
//
// A cell is one agent's softphone and the unit of determinism: given the same configuration and the same inputs at the
// same instants, it decides the same, byte for byte. Cells share nothing and may run in parallel; only one goroutine at a
// time may use a cell. A cell has no clock: the caller says when an input came and when a timer fires.
//
// It can be embedded in two shapes. Cell does no I/O: Handle takes an input and returns what is to be done. Softphone is a
// cell that lives: it has the SDK's methods and events, and acts through the ports of runtime/port. Each comes back after a
// kill from its journal: Recover and RecoverSoftphone.
package runtime
