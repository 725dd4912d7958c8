// Package notifications translates between the platform's notifications and messages (sdk-behaviour 3.5).
//
// A notification is a topic and a JSON body. Decode reads it into the one input that it is, Encode writes one for tests and for
// the simulated platform. The package keeps no state and decides nothing: participants and legs come in the order of the wire,
// and choosing among them is the charts' business.
//
// Only the fields that the core reads are looked at. They must have their type, and must not come twice in one object; all
// others are passed over. Size, depth, participants and calls are bounded. A field that is missing and one that is null are the
// same. Errors name the field, never its value: a notification holds names and numbers of persons.
package notifications
