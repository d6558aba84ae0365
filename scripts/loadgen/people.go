package main

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"im-backend/common/imclient"
)

// person is one registered user.
type person struct {
	id     string
	client *imclient.Client
}

// makersAtOnce is how many calls make people and friends at a time: password hashes keep every core busy.
const makersAtOnce = 8

// people answers the first n people, registering those that are not there yet.
func (w *world) people(ctx context.Context, n int) ([]*person, error) {
	missing := n - len(w.pool)
	if missing > 0 {
		w.progress.say("registering %d people", missing)
	}
	made := make([]*person, max(missing, 0))
	err := each(ctx, len(made), func(i int) error {
		p := &person{client: imclient.New(w.opts.api, imclient.WithHTTPClient(&http.Client{
			Timeout: 30 * time.Second, Transport: w.transport,
		}))}
		name := fmt.Sprintf("%s-%d", w.run, len(w.pool)+i)
		in, err := p.client.Register(ctx, name, "load generator "+w.run, name, imclient.DeviceInfo{DeviceID: "loadgen", Platform: "linux"})
		if err != nil {
			return fmt.Errorf("register: %w", err)
		}
		p.id = in.User.UserID
		made[i] = p
		return nil
	})
	if err != nil {
		return nil, err
	}
	w.pool = append(w.pool, made...)
	return w.pool[:n], nil
}

// befriend makes two people friends, once.
func (w *world) befriend(ctx context.Context, a, b *person) error {
	conversation := single(a.id, b.id)
	w.friendsMu.Lock()
	known := w.friends[conversation]
	w.friends[conversation] = true
	w.friendsMu.Unlock()
	if known {
		return nil
	}
	asked, err := a.client.AddFriend(ctx, b.id, "")
	if err != nil {
		return fmt.Errorf("ask for friendship: %w", err)
	}
	if _, err := b.client.AcceptFriend(ctx, asked.RequestID, ""); err != nil {
		return fmt.Errorf("accept friendship: %w", err)
	}
	return nil
}

// single is the id of the conversation of two users: the smaller id first, as numbers.
func single(a, b string) string {
	if len(a) > len(b) || (len(a) == len(b) && a > b) {
		a, b = b, a
	}
	return "s:" + a + ":" + b
}

// group makes a group of people, owned by the first, and answers its conversation.
func (w *world) group(ctx context.Context, name string, members []*person) (string, error) {
	const (
		first = 500 // members of a new group
		more  = 100 // members of one addition
	)
	ids := make([]string, 0, len(members))
	for _, p := range members[1:] {
		ids = append(ids, p.id)
	}
	now := ids[:min(first, len(ids))]
	g, err := members[0].client.CreateGroup(ctx, imclient.NewGroup{Name: name, MemberIDs: now})
	if err != nil {
		return "", fmt.Errorf("create group: %w", err)
	}
	for rest := ids[len(now):]; len(rest) > 0; {
		n := min(more, len(rest))
		added, err := members[0].client.AddMembers(ctx, g.GroupID, rest[:n]...)
		if err != nil {
			return "", fmt.Errorf("add members: %w", err)
		}
		if len(added.Failed) > 0 {
			return "", fmt.Errorf("add members: %w: %v", errFailed, added.Failed[0])
		}
		rest = rest[n:]
	}
	return "g:" + g.GroupID, nil
}

// each does something n times, a few at a time, until one fails.
func each(ctx context.Context, n int, do func(i int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var workers sync.WaitGroup
	next := make(chan int)
	for range min(makersAtOnce, n) {
		workers.Go(func() {
			for i := range next {
				if err := do(i); err != nil {
					cancel(err)
				}
			}
		})
	}
	for i := 0; i < n && ctx.Err() == nil; i++ {
		next <- i
	}
	close(next)
	workers.Wait()
	return context.Cause(ctx)
}
