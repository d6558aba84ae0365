package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"im-backend/common/imclient"
	"im-backend/common/utils/wire"
)

// device makes the live side of this profile; what was shown is kept in the profile, so that the next call goes on there.
// One listener or chat at a time may use a profile.
func (c *cli) device(show func(wire.Message)) (*imclient.Device, *imclient.FileStore, error) {
	if c.profile.UserID == "" || c.client.Tokens().AccessToken == "" {
		return nil, nil, errSignedOut
	}
	if err := c.profile.save(); err != nil { // makes the folder
		return nil, nil, err
	}
	store, err := imclient.OpenFileStore(c.profile.positions())
	if err != nil {
		return nil, nil, err
	}
	c.names[c.profile.UserID] = c.profile.Username
	return imclient.NewDevice(c.client, imclient.DeviceOptions{
		Store:     store,
		OnMessage: show,
		OnSynced:  func() { fmt.Fprintln(c.err, "connected, nothing is missing") },
		OnDown:    func(err error) { fmt.Fprintf(c.err, "not connected (%v), trying again\n", err) },
	}), store, nil
}

func listen(ctx context.Context, c *cli, _ []string) error {
	device, store, err := c.device(func(m wire.Message) { c.show(ctx, m) })
	if err != nil {
		return err
	}
	return errors.Join(device.Run(ctx), store.Close())
}

// chat sends each line of the input to one conversation and prints all that comes; what comes from elsewhere says so. The end
// of the input ends it when everything was sent.
func chat(ctx context.Context, c *cli, args []string) error {
	id, err := c.conversation(ctx, args[0])
	if err != nil {
		return err
	}
	var to imclient.Outgoing // by user where a user was named: a first message makes the conversation
	if err := c.address(ctx, &to, args[0]); err != nil {
		return err
	}
	device, store, err := c.device(func(m wire.Message) {
		if m.ConversationID != id {
			c.printf("<%s> ", m.ConversationID)
		}
		c.show(ctx, m)
	})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	var ended error
	running.Go(func() {
		defer cancel()
		ended = device.Run(ctx)
	})
	c.typed(ctx, device, to)
	cancel()
	running.Wait()
	if !errors.Is(ended, context.Canceled) {
		err = ended
	}
	return errors.Join(err, store.Close())
}

// typed sends the lines of the input, one after the other. A refused line is told and does not end the chat.
func (c *cli) typed(ctx context.Context, device *imclient.Device, to imclient.Outgoing) {
	lines := make(chan string)
	go func() { // ends with the input, which only the end of the process can take away from a reader
		defer close(lines)
		for c.in.Scan() {
			select {
			case lines <- c.in.Text():
			case <-ctx.Done():
				return
			}
		}
	}()
	for {
		select {
		case <-ctx.Done():
			return
		case line, ok := <-lines:
			if !ok {
				return
			}
			if strings.TrimSpace(line) == "" {
				continue
			}
			m := imclient.Text(line)
			m.ConversationID, m.ToUserID = to.ConversationID, to.ToUserID
			if _, err := device.Send(ctx, m); err != nil && ctx.Err() == nil {
				fmt.Fprintf(c.err, "imcli: not sent: %s\n", explain(err))
			}
		}
	}
}
