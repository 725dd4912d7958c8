package runtime_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
)

func newSoftphone(t *testing.T, p *platform) *runtime.Softphone {
	t.Helper()
	phone, err := runtime.NewSoftphone(softphoneConfig(), p.ports())
	if err != nil {
		t.Fatal(err)
	}
	return phone
}

func softphoneConfig() runtime.SoftphoneConfig {
	return runtime.SoftphoneConfig{
		Config: runtime.Config{Options: messages.DefaultOptions()}, AccessToken: "token-1", Environment: "example.com",
	}
}

func TestStory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlatform()
		phone := newSoftphone(t, p)
		events := phone.Events()
		if err := phone.Initialize(t.Context()); err != nil {
			t.Fatal(err)
		}
		p.ring(1)
		synctest.Wait()
		if err := phone.AcceptPendingSession(t.Context(), runtime.AcceptPending{ConversationID: "c-1"}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Second)
		fmt.Println(p.sent, p.held())
		if err := phone.EndSession(t.Context(), "c-1"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if err := phone.Close(); err != nil {
			t.Fatal(err)
		}
		for e := range events.All(context.Background()) {
			fmt.Printf("%v %d %s\n", e.At, e.Seq, e.Name())
		}
		fmt.Println(p.sent, p.held())
	})
}
