// Package platform is a simulated contact-centre platform: users with stations, conversations with their participants and
// communications, edges that propose and describe sessions, the notification service and the public API.
//
// It speaks in the words of package messages: what a client orders (messages.Effect) comes in, what a client is told
// (messages.Input) goes out. It knows no cell, no socket and no wall clock: whoever embeds it says how time passes (Clock)
// and how a message gets to a client (Stream). All of it runs on one goroutine.
//
// What cannot be known of the production cloud is an option (Options), with the default that was observed or, where
// nothing was, the plainest.
package platform
