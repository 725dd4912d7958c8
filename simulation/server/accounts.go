package server

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"sync"
	"sync/atomic"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/simulation/platform"
)

// account is what a token authorises: one user, and the phone that the token was made for, if it was made for one. What is
// said and heard under it is kept in one journal.
type account struct {
	user    *platform.User
	phone   string
	rate    *bucket // of requests
	pages   *bucket // of what pages say and ask
	journal *journal
	sockets atomic.Int64
	offline atomic.Bool // nothing gets through to it
}

// nextSocket counts the account's sockets, from 1.
func (a *account) nextSocket() int { return int(a.sockets.Add(1)) }

// accounts are all tokens, by their hashes: the tokens themselves are not kept. Several goroutines may use it.
type accounts struct {
	mu     sync.RWMutex
	byHash map[[sha256.Size]byte]*account
	all    []*account // in the order in which they were made
}

func newAccounts() *accounts { return &accounts{byHash: map[[sha256.Size]byte]*account{}} }

// of is the account of a token, or nil. That it is found by a hash keeps the time that it takes from telling anything.
func (a *accounts) of(token messages.Token) *account {
	if token == "" {
		return nil
	}
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.byHash[sha256.Sum256([]byte(token.Reveal()))]
}

// add makes an account of a token that has none.
func (a *accounts) add(token messages.Token, made *account) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.byHash[sha256.Sum256([]byte(token.Reveal()))] = made
	a.all = append(a.all, made)
}

// list is all of them.
func (a *accounts) list() []*account {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.all[:len(a.all):len(a.all)]
}

// newToken is one that cannot be guessed.
func newToken() messages.Token { return messages.Token(unguessable()) }

// unguessable is a text of 128 random bits, fit for paths and addresses.
func unguessable() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // it never fails (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(b[:])
}
