package main

import (
	"context"
	"strconv"
	"strings"
	"time"

	"im-backend/common/imclient"
	"im-backend/common/utils/wire"
)

// conv changes one's own state of a conversation.
func conv(ctx context.Context, c *cli, args []string) error {
	if len(args) < 2 {
		return errUsage
	}
	change, known := setting(args[0], args[2:])
	if !known {
		return errUsage
	}
	id, err := c.conversation(ctx, args[1])
	if err != nil {
		return err
	}
	switch args[0] {
	case "hide":
		return c.client.HideConversation(ctx, id)
	case "clear":
		return c.client.ClearConversation(ctx, id)
	}
	_, err = c.client.UpdateConversation(ctx, id, change)
	return err
}

// setting reads what to change; known is false for what nobody can mean.
func setting(what string, args []string) (change imclient.ConversationChange, known bool) {
	yes, no := true, false
	switch {
	case what == "draft":
		text := strings.Join(args, " ")
		return imclient.ConversationChange{Draft: &text}, true
	case what == "mute" && len(args) == 1:
		until, known := mutedUntil(args[0])
		return imclient.ConversationChange{MutedUntil: &until}, known
	case len(args) > 0:
		return change, false
	}
	switch what {
	case "pin":
		change.Pinned = &yes
	case "unpin":
		change.Pinned = &no
	case "archive":
		change.Archived = &yes
	case "unarchive":
		change.Archived = &no
	case "unread":
		change.MarkedUnread = &yes
	case "hide", "clear":
	default:
		return change, false
	}
	return change, true
}

// mutedUntil is the time at which a duration from now ends, zero for "off".
func mutedUntil(text string) (int64, bool) {
	if text == "off" {
		return 0, true
	}
	d, err := time.ParseDuration(text)
	return time.Now().Add(d).UnixMilli(), err == nil && d > 0
}

func deleteMessages(ctx context.Context, c *cli, args []string) error {
	if len(args) < 2 {
		return errUsage
	}
	seqs := make([]int64, len(args)-1)
	for i, text := range args[1:] {
		var err error
		if seqs[i], err = strconv.ParseInt(text, 10, 64); err != nil {
			return errUsage
		}
	}
	id, err := c.conversation(ctx, args[0])
	if err != nil {
		return err
	}
	return c.client.DeleteMessages(ctx, id, seqs...)
}

func readers(ctx context.Context, c *cli, args []string) error {
	seq, err := strconv.ParseInt(args[1], 10, 64)
	if err != nil {
		return errUsage
	}
	id, err := c.conversation(ctx, args[0])
	if err != nil {
		return err
	}
	for cursor := ""; ; {
		page, err := c.client.Readers(ctx, id, seq, 0, cursor)
		if err != nil {
			return err
		}
		for _, user := range page.Read {
			c.printf("@%s\n", c.name(ctx, user))
		}
		if cursor = page.NextCursor; cursor == "" {
			c.printf("%d have read it, %d have not\n", page.ReadCount, page.UnreadCount)
			return nil
		}
	}
}

// marks says what is set of a conversation.
func marks(v wire.Conversation) string {
	var said strings.Builder
	for _, one := range []struct {
		name string
		set  bool
	}{
		{"pinned", v.Pinned},
		{"archived", v.Archived},
		{"marked unread", v.MarkedUnread},
		{"muted", v.MutedUntil > time.Now().UnixMilli()},
		{"draft: " + v.Draft, v.Draft != ""},
	} {
		if one.set {
			said.WriteString(", " + one.name)
		}
	}
	return said.String()
}
