// Package actors puts charts into protoactor actors.
//
// An actor holds its charts' state values and nothing else, and its code is the same few lines for every chart: receive,
// step each chart that knows the input, tell the root what changed in its view, hand over what was decided. What an
// actor is made of is its kind's entry in the Registry. If an actor seems to need an if about calls, a chart is missing
// a row.
package actors
