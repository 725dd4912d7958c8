package server

import (
	"encoding/json"
	"net/http"

	"github.com/hookswitch/hookswitch/messages"
)

// conversationsPath is the list of the user's conversations. The SDK never asks for it, so it is in no journal; but an
// application does, for instance when it was out of touch.
const conversationsPath = "/api/v2/conversations"

// asksForList tells whether a request is for the list of conversations.
func asksForList(r *http.Request) bool {
	return r.Method == http.MethodGet && r.URL.Path == conversationsPath
}

// listConversations answers with the conversations in which the user has a leg that is not over, in the order of these.
func (s *Server) listConversations(w http.ResponseWriter, r *http.Request, of *account) {
	all, err := onLoop(s, r.Context(), func() ([]json.RawMessage, error) {
		all, told := []json.RawMessage{}, map[messages.ConversationID]bool{}
		for _, l := range of.user.Legs() {
			asked := messages.Request{Of: messages.GetConversation, Conversation: l.Conversation().ID}
			if told[asked.Conversation] {
				continue
			}
			told[asked.Conversation] = true
			body, err := s.api().EncodeResponse(asked, s.platform.Request(of.user, asked))
			if err != nil {
				return nil, err
			}
			all = append(all, body)
		}
		return all, nil
	})
	if err != nil {
		refuse(w, http.StatusServiceUnavailable, "the platform is shutting down")
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"entities": all, "total": len(all)})
}
