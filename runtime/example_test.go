package runtime_test

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"time"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
)

// A softphone that answers every call, and hangs up after ten seconds.
func ExampleSoftphone() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	fmt.Println(answerEveryCall(ctx, messages.Token(os.Getenv("ACCESS_TOKEN")), livePorts()))
}

func answerEveryCall(ctx context.Context, token messages.Token, ports runtime.Ports) error {
	phone, err := runtime.NewSoftphone(runtime.SoftphoneConfig{
		Config:      runtime.Config{Options: messages.DefaultOptions()},
		AccessToken: token, Environment: "mypurecloud.com",
	}, ports)
	if err != nil {
		return err
	}
	defer phone.Close()
	events := phone.Events()
	if err := phone.Initialize(ctx); err != nil {
		return err
	}
	for event := range events.All(ctx) {
		switch e := event.Event.(type) {
		case messages.PendingSession:
			go phone.AcceptPendingSession(ctx, runtime.AcceptPending{ConversationID: e.Conversation})
		case messages.SessionStarted:
			time.AfterFunc(10*time.Second, func() { phone.EndSession(ctx, e.Session.Conversation) })
		}
	}
	return phone.Destroy(context.WithoutCancel(ctx))
}
