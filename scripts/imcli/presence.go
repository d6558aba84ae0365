package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"im-backend/common/imclient"
)

// presence shows which friends are online; named ones, or all.
func presence(ctx context.Context, c *cli, args []string) error {
	ids, err := c.whom(ctx, args)
	for len(ids) > 0 && err == nil {
		const atATime = 200
		some := ids[:min(atATime, len(ids))]
		ids = ids[len(some):]
		var items []imclient.Presence
		items, err = c.client.Presence(ctx, some...)
		for _, p := range items {
			c.showPresence(ctx, p)
		}
	}
	return err
}

// whom finds the named users, or all friends when none is named.
func (c *cli) whom(ctx context.Context, args []string) ([]string, error) {
	if len(args) > 0 {
		return c.users(ctx, args)
	}
	var ids []string
	for cursor := ""; ; {
		page, err := c.client.Friends(ctx, 0, 0, cursor)
		if err != nil {
			return nil, err
		}
		for _, f := range page.Items {
			c.names[f.User.UserID] = f.User.Username
			ids = append(ids, f.User.UserID)
		}
		if cursor = page.NextCursor; cursor == "" {
			return ids, nil
		}
	}
}

func (c *cli) showPresence(ctx context.Context, p imclient.Presence) {
	state := "offline"
	switch {
	case p.Online:
		state = "online (" + strings.Join(p.Platforms, ", ") + ")"
	case p.LastSeenAt > 0:
		state += ", seen " + time.UnixMilli(p.LastSeenAt).UTC().Format(time.RFC3339)
	}
	c.printf("@%s %s\n", c.name(ctx, p.UserID), state)
}

// watch prints the presence of friends and every change of it, until it is stopped.
func watch(ctx context.Context, c *cli, args []string) error {
	ids, err := c.whom(ctx, args)
	if err != nil {
		return err
	}
	for ctx.Err() == nil {
		err := c.follow(ctx, ids)
		var closed *imclient.CloseError
		var refused *imclient.APIError
		const noReturn = 4500 // from this close code on a client does not come back
		switch {
		case ctx.Err() != nil: // stopped
			continue
		case errors.As(err, &closed) && closed.Code >= noReturn, errors.As(err, &refused) && !refused.Retryable,
			errors.Is(err, imclient.ErrNoSession):
			return err
		}
		fmt.Fprintf(c.err, "not connected (%v), trying again\n", err)
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
	return nil
}

// follow prints from one connection until it ends.
func (c *cli) follow(ctx context.Context, ids []string) error {
	ticket, err := c.client.WSTicket(ctx)
	if err != nil {
		return err
	}
	conn, err := imclient.Dial(ctx, ticket.URL, imclient.WithTicket(ticket.Ticket))
	if err != nil {
		return err
	}
	defer conn.Close()
	var now struct{ Items []imclient.Presence }
	if err := conn.Request(ctx, "presence.subscribe", map[string]any{"userIds": ids}, &now); err != nil {
		return err
	}
	for _, p := range now.Items {
		c.showPresence(ctx, p)
	}
	fmt.Fprintln(c.err, "connected")
	for {
		select {
		case <-ctx.Done():
			return nil
		case e, ok := <-conn.Events():
			if !ok {
				return conn.Err()
			}
			var p imclient.Presence
			if e.Type == "presence" && json.Unmarshal(e.Data, &p) == nil {
				c.showPresence(ctx, p)
			}
		}
	}
}
