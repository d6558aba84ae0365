package main

import (
	"context"
	"flag"
	"io"
	"strings"
	"time"

	"im-backend/common/imclient"
	"im-backend/common/utils/wire"
)

// find prints the newest messages that say something.
func find(ctx context.Context, c *cli, args []string) error {
	const enough = 20
	flags := flag.NewFlagSet("find", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	in := flags.String("in", "", "")
	from := flags.String("from", "", "")
	if flags.Parse(args) != nil || flags.NArg() == 0 {
		return errUsage
	}
	search := imclient.MessageSearch{Text: strings.Join(flags.Args(), " ")}
	var err error
	if *in != "" {
		if search.ConversationID, err = c.conversation(ctx, *in); err != nil {
			return err
		}
	}
	if *from != "" {
		if search.SenderID, err = c.user(ctx, *from); err != nil {
			return err
		}
	}
	var found []wire.Message
	for cursor := ""; ; {
		page, err := c.client.SearchMessages(ctx, search, enough, cursor)
		if err != nil {
			return err
		}
		found = append(found, page.Items...)
		if cursor = page.NextCursor; cursor == "" || len(found) >= enough {
			break
		}
	}
	for _, m := range found {
		c.printf("%s ", m.ConversationID)
		c.show(ctx, m)
	}
	return nil
}

func sendLater(ctx context.Context, c *cli, args []string) error {
	if len(args) < 3 {
		return errUsage
	}
	at, err := time.Parse(time.RFC3339, args[0])
	if err != nil {
		wait, err := time.ParseDuration(args[0])
		if err != nil {
			return errUsage
		}
		at = time.Now().Add(wait)
	}
	m := imclient.Text(strings.Join(args[2:], " "))
	if err := c.address(ctx, &m, args[1]); err != nil {
		return err
	}
	got, err := c.client.ScheduleMessage(ctx, m, at.UnixMilli())
	if err != nil {
		return err
	}
	c.printf("%s\n", got.ScheduledID)
	return nil
}

func scheduled(ctx context.Context, c *cli, _ []string) error {
	for cursor := ""; ; {
		page, err := c.client.ScheduledMessages(ctx, 0, cursor)
		if err != nil {
			return err
		}
		for _, m := range page.Items {
			to := m.Message.ConversationID
			if m.Message.ToUserID != "" {
				to = c.name(ctx, m.Message.ToUserID)
			}
			said := text(wire.Message{Type: m.Message.Type, Content: m.Message.Content})
			c.printf("%s %s %s to %s: %s\n", m.ScheduledID, time.UnixMilli(m.SendAt).UTC().Format(time.RFC3339), strings.TrimSpace(m.Status+" "+m.Reason), to, said)
		}
		if cursor = page.NextCursor; cursor == "" {
			return nil
		}
	}
}

func unschedule(ctx context.Context, c *cli, args []string) error {
	return c.client.CancelScheduled(ctx, args[0])
}
