package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"strconv"
	"strings"
	"time"

	"im-backend/common/imclient"
	"im-backend/common/utils/wire"
)

// send stores one message, trying again with the same id while it is not known whether it was stored.
func send(ctx context.Context, c *cli, args []string) error {
	const tries, pause = 5, 300 * time.Millisecond
	flags := flag.NewFlagSet("send", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	expire := flags.Duration("expire", 0, "")
	if flags.Parse(args) != nil || flags.NArg() < 2 {
		return errUsage
	}
	args = flags.Args()
	m := imclient.Text(strings.Join(args[1:], " "))
	m.ExpireAfterRead = int64(expire.Seconds())
	if err := c.address(ctx, &m, args[0]); err != nil {
		return err
	}
	for try := 1; ; try++ {
		sent, err := c.client.SendMessage(ctx, m)
		if err == nil {
			c.printf("[%d] %s\n", sent.Seq, sent.ConversationID)
			return nil
		}
		var refused *imclient.APIError
		if (errors.As(err, &refused) && !refused.Retryable) || try == tries {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(try) * pause):
		}
	}
}

func history(ctx context.Context, c *cli, args []string) error {
	flags := flag.NewFlagSet("history", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	count := flags.Int("n", 20, "")
	before := flags.Int64("before", 0, "")
	if flags.Parse(args) != nil || flags.NArg() != 1 {
		return errUsage
	}
	id, err := c.conversation(ctx, flags.Arg(0))
	if err != nil {
		return err
	}
	page, err := c.client.HistoryBefore(ctx, id, *before, *count)
	for _, m := range page.Items {
		c.show(ctx, m)
	}
	return err
}

func conversations(ctx context.Context, c *cli, args []string) error {
	ask := c.client.Conversations
	switch {
	case len(args) == 1 && args[0] == "archived":
		ask = c.client.ArchivedConversations
	case len(args) > 0:
		return errUsage
	}
	for cursor := ""; ; {
		page, err := ask(ctx, 0, cursor)
		if err != nil {
			return err
		}
		for _, v := range page.Items {
			title := v.Type
			switch {
			case v.Peer != nil:
				title = "@" + v.Peer.Username
			case v.Group != nil:
				title = v.Group.Name
			}
			c.printf("%s  %s  %d messages, %d unread%s\n", v.ConversationID, title, v.MaxSeq, v.Unread, marks(v))
		}
		if cursor = page.NextCursor; cursor == "" {
			return nil
		}
	}
}

func read(ctx context.Context, c *cli, args []string) error {
	if len(args) < 1 || len(args) > 2 {
		return errUsage
	}
	var seq int64
	if len(args) == 2 {
		var err error
		if seq, err = strconv.ParseInt(args[1], 10, 64); err != nil {
			return errUsage
		}
	}
	id, err := c.conversation(ctx, args[0])
	if err != nil {
		return err
	}
	if len(args) == 1 {
		v, err := c.client.Conversation(ctx, id)
		if err != nil {
			return err
		}
		seq = v.MaxSeq
	}
	return c.client.MarkRead(ctx, id, seq)
}

// show prints a message as "[seq] sender: text".
func (c *cli) show(ctx context.Context, m wire.Message) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	c.printf("[%d] %s: %s\n", m.Seq, c.name(ctx, m.SenderID), c.says(ctx, m))
}

// text is what a message says on one line.
func text(m wire.Message) string {
	var content struct{ Text, Event string }
	_ = json.Unmarshal(m.Content, &content) // what has neither is shown by its type
	change := changeText(m)
	switch {
	case change != "":
		return change
	case m.RecalledAt != 0:
		return "(recalled)"
	case m.Type == "text":
		return oneLine(content.Text)
	case content.Event != "":
		return content.Event
	}
	return "(" + m.Type + ")"
}

// oneLine is a text that may have several lines, without what would move the cursor.
func oneLine(text string) string {
	return strings.NewReplacer("\n", "⏎", "\r", "", "\x1b", "").Replace(text)
}
