// Package whatif asks of a recording what would have happened under another configuration.
//
// It recovers the calls of a recorded client: who called whom, who did what and when. They become a scenario (package
// scenario), which is played twice (package play): as it was recorded, and changed. Both runs are laid side by side: what
// the application was told of each call, which of its requests found nothing to act on, who was heard when, and what it
// cost.
//
// # What is recovered
//
// What the far end, the network and the machine did keeps its time. What the application did keeps its distance from the
// announcement that it answered: an answer from the ringing, a hold, a mute or a hang-up from the moment at which the call
// was up. Where the changed run never announces that, the action is left out and listed.
//
// What the recording shows that a scenario cannot say is listed with its line (Recovery.Missing), and so is what could be
// said only nearly (Recovery.Nearly). How much of the recording the recovered scenario brings back is measured: it is
// played as recorded, and what it announces is compared, call by call, with what the recorded client announced.
//
// Ids, addresses and numbers of the recording appear in no scenario and in no report: calls are named C1, C2 … in the order
// in which the client first heard of them.
package whatif
