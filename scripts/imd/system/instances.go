package system

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"im-backend/common/utils/process"
)

// instance is one running service.
type instance struct {
	kind *kind
	addr string // where its clients reach it: gRPC, HTTP or WebSocket
	ops  string
	app  service
	life context.Context // ends when the instance's start has failed or the system ends
	end  context.CancelFunc

	once    sync.Once
	stopped bool // guarded by System.mu
	err     error
}

// stop stops the service once; whoever comes second waits for the first.
func (i *instance) stop(ctx context.Context) error {
	i.once.Do(func() {
		if err := i.app.Stop(ctx); err != nil {
			i.err = fmt.Errorf("stop %s: %w", i.kind.name, err)
		}
		i.end()
	})
	return i.err
}

// launch makes services, starts them side by side in whatever order they get on, and waits until each is ready.
func (s *System) launch(ctx context.Context, kinds ...*kind) ([]*instance, error) {
	var made []*instance
	for _, k := range kinds {
		i, err := s.make(k)
		if err != nil {
			return nil, fmt.Errorf("make %s: %w", k.name, err)
		}
		made = append(made, i)
	}
	endAll := func() {
		for _, i := range made {
			i.end()
		}
	}
	stopWatching := context.AfterFunc(ctx, endAll) // ctx bounds the start and nothing after it
	defer stopWatching()
	var failure error
	var once sync.Once
	var starting sync.WaitGroup
	for _, i := range made {
		starting.Go(func() {
			if err := i.startAndWait(); err != nil {
				once.Do(func() { failure = err })
				endAll() // the others need not go on waiting
			}
		})
	}
	starting.Wait()
	return made, failure
}

func (i *instance) startAndWait() error {
	if err := i.app.Start(i.life); err != nil {
		return fmt.Errorf("start %s: %w", i.kind.name, err)
	}
	return process.Wait(i.life, i.kind.name+" to be ready", i.app.Ready)
}

// running lists the instances of some kinds that have not been stopped, in the order of their making.
func (s *System) running(kinds ...*kind) []*instance {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []*instance
	for _, i := range s.services {
		if !i.stopped && slices.Contains(kinds, i.kind) {
			found = append(found, i)
		}
	}
	return found
}

// stopAll stops instances side by side.
func stopAll(ctx context.Context, instances []*instance) error {
	errs := make([]error, len(instances))
	var stopping sync.WaitGroup
	for n, i := range instances {
		stopping.Go(func() { errs[n] = i.stop(ctx) })
	}
	stopping.Wait()
	return errors.Join(errs...)
}

// errNoInstance is the answer to an instance number that does not run.
var errNoInstance = errors.New("no such instance")

// StartChat starts one more chat-service and waits until it is ready.
func (s *System) StartChat(ctx context.Context) error { return s.add(ctx, chat) }

// StopChat drains and stops the i-th running chat-service.
func (s *System) StopChat(ctx context.Context, i int) error { return s.remove(ctx, chat, i) }

// KillChat ends the i-th running chat-service with no time to drain: its connections break at once.
func (s *System) KillChat(i int) error { return s.remove(ended(), chat, i) }

// StartGateway starts one more WebSocket gateway and waits until it is ready; WSURLs has it last.
func (s *System) StartGateway(ctx context.Context) error { return s.add(ctx, gateway) }

// StopGateway drains and stops the i-th running WebSocket gateway.
func (s *System) StopGateway(ctx context.Context, i int) error { return s.remove(ctx, gateway, i) }

// KillGateway ends the i-th running WebSocket gateway with no time to drain.
func (s *System) KillGateway(i int) error { return s.remove(ended(), gateway, i) }

// StartUser starts one more user-service and waits until it is ready.
func (s *System) StartUser(ctx context.Context) error { return s.add(ctx, user) }

// KillUser ends the first running user-service with no time to drain.
func (s *System) KillUser() error { return s.remove(ended(), user, 0) }

// StartFriend starts one more friend-service and waits until it is ready.
func (s *System) StartFriend(ctx context.Context) error { return s.add(ctx, friend) }

// StopFriend drains and stops the first running friend-service.
func (s *System) StopFriend(ctx context.Context) error { return s.remove(ctx, friend, 0) }

// ended is a context that leaves no time.
func ended() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

func (s *System) add(ctx context.Context, k *kind) error {
	made, err := s.launch(ctx, k)
	if err == nil {
		return nil
	}
	s.forget(made...)
	return errors.Join(err, stopAll(ended(), made))
}

func (s *System) remove(ctx context.Context, k *kind, n int) error {
	all := s.running(k)
	if n < 0 || n >= len(all) {
		return fmt.Errorf("%s %d: %w", k.name, n, errNoInstance)
	}
	s.forget(all[n])
	return all[n].stop(ctx)
}

// forget takes instances off the list of the running.
func (s *System) forget(instances ...*instance) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, i := range instances {
		i.stopped = true
	}
}
